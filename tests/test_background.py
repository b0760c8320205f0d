"""Work beside answering: every job is run, one that fails disturbs no other, and stopping waits."""

import threading

from paywall.background import Background, Job


class TestBackground:
    def test_a_job_that_fails_is_tried_again_and_disturbs_no_other(self) -> None:
        ran, enough = [], threading.Event()

        def fail() -> None:
            ran.append("fail")
            raise RuntimeError("a defect")

        def work() -> None:
            ran.append("work")
            if ran.count("work") == 3:
                enough.set()

        background = Background([Job("fails", 0.001, fail), Job("works", 0.001, work)])
        background.start()
        assert enough.wait(10)
        background.stop()
        assert ran.count("fail") >= 3

    def test_stopping_waits_for_the_job_at_hand(self) -> None:
        begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

        def work() -> None:
            begun.set()
            may_end.wait(10)
            ended.set()

        background = Background([Job("long", 60, work)])
        background.start()
        assert begun.wait(10)
        threading.Timer(0.01, may_end.set).start()
        background.stop()
        assert ended.is_set()

    def test_however_often_it_is_started_there_is_one_thread(self) -> None:
        ran = threading.Event()
        background = Background([Job("works", 60, ran.set)])
        assert not ran.is_set()
        for _ in range(2):
            background.start()
        assert ran.wait(10)
        assert sum(thread.name == "background" for thread in threading.enumerate()) == 1
        background.stop()
