"""What the workload is built from: whether each build gets the same packages, and whether somebody looks for flaws."""

from __future__ import annotations

from prodworks_cli.model import Inventory, Plane, Unknown
from prodworks_cli.resources.adapter import every, some
from prodworks_cli.resources.manifests import Manifest
from prodworks_cli.resources.workflows import CiWorkflow

NO_MANIFEST = Unknown("no list of packages of Python, Node.js or the JVM is in the repository")
NO_PIPELINE = Unknown("no pipeline is in the repository; the build may happen elsewhere")


def dependencies_locked(inventory: Inventory) -> bool | Unknown:
    """Whether each manifest of the repository fixes what is installed."""
    flags = [r.value.locked for r in inventory.resources if isinstance(r.value, Manifest)]
    unread = [g for g in inventory.gaps if g.kind == Manifest.KIND and g.plane is Plane.DECLARED]
    hidden = [Unknown(f"{gap.scope}: {gap.reason}") for gap in unread[:1]]
    return every((*flags, *hidden)) if flags or hidden else NO_MANIFEST


def dependencies_scanned(inventory: Inventory) -> bool | Unknown:
    """Whether some pipeline looks for known flaws of packages."""
    workflows = [r.value for r in inventory.resources if isinstance(r.value, CiWorkflow)]
    return some(w.scans_dependencies for w in workflows) if workflows else NO_PIPELINE
