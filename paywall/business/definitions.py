"""What each figure means, in plain words: one text, beside the figure and in the guide."""

DEFINITIONS = {
    "mrr": (
        "Monthly recurring revenue (MRR) is what the paid bills of everybody who is counted come to for one "
        "month, with tax and discounts taken off. A bill over several months is divided by their number, a year "
        "by twelve; any other period counts by its length, a month being a twelfth of 365 days. Each subscription "
        "is rounded to the smallest unit of its currency, halves up, before they are added. A subscription is "
        "counted from its first paid bill over more than nothing until what is paid for ends, it is ended, or all "
        "of its last payment has gone back. While a renewal was asked for and is not paid, it is counted for 14 "
        "days more."
    ),
    "movements": (
        "New is a reader's first payment; reactivated is a reader who had been counted before and was not for a "
        "while. Expansion and contraction are readers who pay more or less than before. Churned voluntarily are "
        "those who cancelled, paused, or had all of their last payment refunded; churned involuntarily are those "
        "whose payment failed for 14 days, or was taken back by the bank. What MRR was at the beginning and these "
        "six make what it is at the end, to the smallest unit."
    ),
    "subscribers": (
        "Paying subscribers are the readers who are counted in MRR, each once, however many subscriptions they "
        "have. Trials, comps and months that cost nothing are not among them; a reader who pays in two currencies "
        "is counted in each."
    ),
    "trials": (
        "Trials that ended in the period, by themselves or cancelled before. Converted are those of them for "
        "which a bill over more than nothing has been paid by now."
    ),
    "late": (
        "At risk is the part of MRR whose renewal was asked for, is more than 24 hours late, and has been for "
        "less than 14 days, at the end of each part of the period."
    ),
    "failed": (
        "Failed payments are renewals that were asked for in the period and not paid within 24 hours. Made up for "
        "are those of them that have been paid by now. Amounts are those of the bills, with tax."
    ),
    "due": (
        "Renewals due are the payments of the next 30 days by subscriptions that go on and owe nothing, running "
        "discounts taken off, with tax. The period above changes nothing here."
    ),
    "cohorts": (
        "A cohort is everybody whose first payment was in one month. Beside it is the share that pays at the end "
        "of that month (0) and of each month behind it that is over; who left and came back is counted again."
    ),
}
