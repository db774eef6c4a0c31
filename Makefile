# The two commands of the README.
.PHONY: demo test

demo:
	@lab/bootstrap.sh
	@.venv/bin/python -m lab.demo

test:
	@lab/bootstrap.sh
	@.venv/bin/tox
