def pytest_mg_monitors(config):
    return ["latency:alert_ratio=1.5", "errors"]
