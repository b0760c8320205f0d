"""Variants of pages in memory: the least used go first."""

from paywall.gate.decision import Decision, Extent, Reason
from paywall.wall.variants import Page, PageKey, Variants

FULL = Decision(Extent.FULL, Reason.SUBSCRIBED)


class TestVariants:
    def page(self, size: int, generation: int = 0) -> Page:
        return Page("200 OK", [], b"x" * size, generation)

    def key(self, number: int) -> PageKey:
        return PageKey(number, "v1", "en", FULL)

    def test_the_least_used_is_dropped_when_the_bytes_run_out(self) -> None:
        variants = Variants(most_bytes=25_000)
        for number in range(2):
            variants.keep(self.key(number), self.page(8_000))
        assert variants.get(self.key(0))
        variants.keep(self.key(2), self.page(8_000))
        assert [variants.get(self.key(number)) is not None for number in range(3)] == [True, False, True]
        assert variants.instead(self.key(1)) is None

    def test_a_page_kept_again_counts_once(self) -> None:
        variants = Variants(most_bytes=25_000)
        for _ in range(50):
            variants.keep(self.key(0), self.page(8_000))
        variants.keep(self.key(1), self.page(8_000))
        assert variants.get(self.key(0))

    def test_what_was_rendered_before_all_was_forgotten_is_not_kept(self) -> None:
        variants = Variants()
        variants.forget_all()
        variants.keep(self.key(0), self.page(10, generation=0))
        assert variants.get(self.key(0)) is None
