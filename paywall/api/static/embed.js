// The paywall in a page of the publisher's own site. The page carries previews and nothing else of the text:
//
//   <script async src="https://members.paper.example/embed.js" data-key="pw_pk_…"></script>
//   <div data-paywall="article-id">preview…</div>
//
// Each element is asked about; the rest of an open article is fetched with a pass, a shut one ends in the invitation.
// Lines that begin with // and indents are taken out before the file is served: that is all the build there is.
(() => {
  'use strict'
  if (window.paywall) return window.paywall.check()

  const script = document.currentScript || document.querySelector('script[data-key][src*="/embed.js"]')
  const host = new URL(script.src).origin
  const key = script.dataset.key
  const PATIENCE = 10000
  const UNREACHABLE = {
    why: '',
    headline: 'We could not check your access just now',
    offer: 'The fault is ours, and nothing about your account has changed. It usually works again within a minute.',
    button: { label: 'Try again' },
  }

  // A sheet made by script is let in by every Content-Security-Policy. All rules give way to `[data-paywall] .name`.
  const STYLE = `
    .paywall-status { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
    .paywall-end { -webkit-mask-image: linear-gradient(#000, rgb(0 0 0 / .2)); mask-image: linear-gradient(#000, rgb(0 0 0 / .2)) }
    .paywall-invitation { margin: 1.5em 0; padding: 1.5em 0; border: solid; border-width: 2px 0 1px; border-color: var(--paywall-accent, currentColor) transparent color-mix(in srgb, currentColor 25%, transparent) }
    .paywall-invitation p { margin: 0; text-indent: 0 }
    .paywall-invitation .paywall-why { margin-bottom: 1em; font-size: .9em; opacity: .8 }
    .paywall-invitation .paywall-headline { margin: 0 0 .3em; font-size: 1.4em; line-height: 1.2 }
    .paywall-invitation .paywall-price { margin-top: .6em; font-weight: 600 }
    .paywall-actions { display: flex; flex-wrap: wrap; align-items: center; gap: .75em 1.5em; margin-top: 1.25em }
    .paywall-invitation .paywall-actions .paywall-button { display: inline-block; padding: .7em 1.4em; border: 2px solid var(--paywall-accent, currentColor); border-radius: 3px; background: var(--paywall-accent, none); color: var(--paywall-on-accent, inherit); font: inherit; font-weight: 600; line-height: 1.25; text-align: center; text-decoration: none; cursor: pointer }
    .paywall-invitation .paywall-also, .paywall-notice { margin-top: 1.25em; font-size: .9em }
    @media (max-width: 30em) { .paywall-actions > .paywall-button { width: 100%; box-sizing: border-box } }
    @media print { .paywall-actions, .paywall-also { display: none } }`

  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(STYLE)
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
  } catch {}

  // --- what this browser keeps for us; where it keeps nothing, this page does

  const page = {}

  function kept (name) {
    try { return localStorage.getItem('paywall.' + name) || page[name] } catch { return page[name] }
  }

  function keep (name, value) {
    page[name] = value
    try { localStorage.setItem('paywall.' + name, value) } catch {}
  }

  // Who a visitor is where the paywall's own cookie can't say it: on a site that shares no domain with it.
  function visitor () {
    const id = kept('visitor') || ''
    if (/^[\w-]{8,128}$/.test(id)) return id
    keep('visitor', Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => (byte + 256).toString(36)).join(''))
    return page.visitor
  }

  // A pass for everything opens articles while the paywall can't be asked, for the five minutes that it lives.
  function keepPass (answer) {
    const claims = answer.pass && JSON.parse(atob(answer.pass.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')))
    keep('pass', claims && claims.art === '*' ? answer.passExpiresAt + ' ' + answer.pass : '')
  }

  function keptPass () {
    const [end, pass] = (kept('pass') || '').split(' ')
    return Date.parse(end) > Date.now() ? pass : null
  }

  // --- asking

  async function fetched (url, options, patience = PATIENCE) {
    const answer = await fetch(url, { signal: AbortSignal.timeout && AbortSignal.timeout(patience), ...options })
    if (!answer.ok) throw new Error(`${answer.status} from ${url}: ${await answer.text()}`)
    return answer
  }

  function named (element) {
    const name = element.dataset.paywall
    const canonical = document.querySelector('link[rel=canonical]')
    if (name && !/^https?:/.test(name)) return { article: name }
    return { url: name || (canonical || location).href.split('#')[0] }
  }

  // One after the other: the first answer may bring the cookie that the second one counts by.
  let queue = new Promise(done => {
    if (document.prerendering) document.addEventListener('prerenderingchange', done, { once: true })
    else done()
  })

  function ask (element) {
    const turn = queue.then(() => fetched(host + '/v1/check', {
      method: 'POST',
      credentials: 'include',
      headers: { Authorization: 'Bearer ' + key, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...named(element), visitor: visitor(), referrer: document.referrer, words: true }),
    }, keptPass() ? PATIENCE / 4 : PATIENCE)).then(answer => answer.json())
    queue = turn.catch(() => {})
    return turn
  }

  async function rest (element, article, pass) {
    const place = element.dataset.content || host + '/v1/content/{id}'
    const url = place.replace('{id}', encodeURIComponent(article))
    return (await fetched(url, { headers: { Authorization: 'Bearer ' + pass } })).text()
  }

  // --- showing

  function make (tag, name, ...inside) {
    const element = document.createElement(tag)
    element.className = 'paywall-' + name
    element.lang = 'en'
    element.dir = 'auto'
    element.append(...inside)
    return element
  }

  function tell (element, event, detail) {
    return element.dispatchEvent(new CustomEvent('paywall:' + event, { bubbles: true, cancelable: true, detail }))
  }

  const states = new WeakMap()

  // Our own things in an element: a line that screen readers hear, what was added, and the preview where it made way.
  function state (element) {
    if (!states.has(element)) {
      const status = make('p', 'status')
      status.setAttribute('role', 'status')
      states.set(element, { status, added: [], away: [] })
    }
    const { status } = states.get(element)
    if (status.parentNode !== element) element.append(status)
    return states.get(element)
  }

  function preview (element) {
    const { status } = state(element)
    return [...element.children].filter(child => child !== status && !child.matches('noscript'))
  }

  function add (element, ...nodes) {
    const { status, added } = state(element)
    added.push(...nodes)
    status.before(...nodes)
  }

  // Back to the preview, as the page had it.
  function clear (element) {
    const { status, added, away } = state(element)
    added.splice(0).forEach(node => node.remove())
    status.before(...away.splice(0))
    preview(element).forEach(child => child.classList.remove('paywall-end'))
  }

  let policy

  function parsed (html) {
    const template = document.createElement('template')
    if (window.trustedTypes) policy = policy || trustedTypes.createPolicy('paywall', { createHTML: text => text })
    template.innerHTML = policy ? policy.createHTML(html) : html
    return template.content
  }

  // What the preview shows already is not put there twice, and nothing that is being read moves.
  function open (element, html, notice) {
    clear(element)
    const content = parsed(html)
    const before = preview(element)
    const after = [...content.children]
    const words = node => node && node.textContent.replace(/\s+/g, ' ').trim()
    const { status, away } = state(element)
    if (before.length && before.every((child, place) => words(child) === words(after[place]))) {
      after.splice(0, before.length).forEach(child => child.remove())
    } else if (!element.dataset.content) {
      away.push(...[...element.childNodes].filter(node => node !== status))
      away.forEach(node => node.remove())
    }
    add(element, ...content.childNodes, ...line('notice', notice))
    status.textContent = notice || 'The whole article is open.'
    return after[0]
  }

  let count = 0

  function invite (element, words, detail) {
    const id = 'paywall-' + ++count
    const headline = make('h2', 'headline', words.headline)
    const button = act(element, words.button, detail)
    const actions = make('div', 'actions', button)
    const invitation = make('aside', 'invitation', ...line('why', words.why), headline, ...line('offer', words.offer),
      ...line('price', words.price), actions, ...line('also', words.also, words.alsoLink))
    actions.append(...line('beside', words.beside, words.besideLink))
    headline.id = id
    invitation.setAttribute('aria-labelledby', id)
    invitation.tabIndex = -1
    clear(element)
    const last = preview(element).pop()
    if (last) last.classList.add('paywall-end')
    add(element, invitation)
    state(element).status.textContent = words.headline
    tell(element, 'shown', detail)
    return invitation
  }

  function line (name, text, link) {
    return text || link ? [make('p', name, text || '', ...(link ? [' ', anchor(link)] : []))] : []
  }

  // Every way to the paywall's own pages comes back to this one.
  function anchor (link) {
    const url = new URL(link.url)
    if (url.searchParams.has('next')) url.searchParams.set('next', location.href.split('#')[0])
    const made = make('a', 'link', link.label)
    made.href = url
    return made
  }

  function act (element, link, detail) {
    if (!link.url || detail.prompt === 'try_again') {
      const button = make('button', 'button', link.label)
      button.type = 'button'
      button.onclick = () => check(element, true)
      return button
    }
    const made = anchor(link)
    made.className = 'paywall-button'
    made.onclick = event => {
      if (!tell(element, 'subscribe-click', { ...detail, href: made.href })) event.preventDefault()
    }
    return made
  }

  // --- from one to the other

  const runs = new WeakMap()

  async function check (element, isPressed) {
    const run = {}
    runs.set(element, run)
    state(element).status.textContent = ''
    element.dataset.paywallState = 'checking'
    const isStale = () => runs.get(element) !== run
    let detail = { article: element.dataset.paywall, extent: 'preview', reason: 'unreachable', prompt: 'try_again' }
    let shown, html, answer, pass
    try {
      try {
        answer = await ask(element)
      } catch (error) {
        pass = keptPass()
        if (!pass) throw error
        detail = { ...detail, extent: 'full', prompt: 'none' }
      }
      if (answer) {
        const { article, extent, reason, prompt, viewsLeft, resetsAt } = answer
        detail = { article, extent, reason, prompt, viewsLeft, resetsAt }
        if (!isStale()) tell(element, 'decision', detail)
        keepPass(answer)
        pass = extent === 'full' && answer.pass
      }
      if (pass) html = await rest(element, detail.article, pass)
      if (isStale()) return detail
      if (pass) {
        shown = open(element, html, answer && answer.notice)
        tell(element, 'opened', detail)
      } else shown = invite(element, answer.words, detail)
    } catch (error) {
      console.warn('paywall:', error)
      if (isStale()) return detail
      shown = invite(element, UNREACHABLE, { ...detail, extent: 'preview', prompt: 'try_again' })
    }
    element.dataset.paywallState = pass && html != null ? 'open' : 'shut'
    if (isPressed && shown) {
      shown.tabIndex = -1
      shown.focus({ preventScroll: true })
    }
    return detail
  }

  function checkAll () {
    return Promise.all([...document.querySelectorAll('[data-paywall]:not([data-paywall-state=open])')].map(one => check(one)))
  }

  window.paywall = { check: element => element ? check(element) : checkAll() }
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', checkAll)
  else checkAll()
  // Back from the sign-in page, out of the browser's memory: things may stand otherwise now.
  addEventListener('pageshow', event => event.persisted && checkAll())
})()
