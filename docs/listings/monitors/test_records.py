from metamorphic_guard.monitoring import MonitorRecord


def test_of_my_own(mg_monitors):
    record = MonitorRecord(0, "candidate", 12.5, True, {"tokens_total": 310})
    mg_monitors["llm_cost"].record(record)
