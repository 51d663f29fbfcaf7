"""The collector looks at less, and less often."""

import gc

from surestep.engines.garbage import relieve_collector


def test_what_lives_is_left_out_and_new_objects_are_collected_less_often() -> None:
    before = gc.get_threshold()
    try:
        relieve_collector()
        assert gc.get_threshold() == (50_000, *before[1:])
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
