# The commands of the README. TEARDOWN= keeps the lab of the tests for what runs next.
.PHONY: demo test test-all

TEARDOWN = ,lab-down

demo:
	@lab/bootstrap.sh
	@.venv/bin/python -m lab.demo

test:
	@lab/bootstrap.sh
	@.venv/bin/tox -e quick,demo,core$(TEARDOWN)

test-all:
	@lab/bootstrap.sh
	@.venv/bin/tox -e e2e,collective-faults,fault-coverage,robustness,drift,distro-el$(TEARDOWN)
