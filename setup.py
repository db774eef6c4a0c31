"""Keep the lab out of wheels; an editable install of a checkout has it."""

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildProduct(build_py):
    """Build the packages of the product."""

    def run(self) -> None:
        """Leave `lab` out, unless the install is editable."""
        if not self.editable_mode:
            self.packages = [name for name in self.packages or [] if name.partition(".")[0] != "lab"]
        super().run()


setup(cmdclass={"build_py": BuildProduct})
