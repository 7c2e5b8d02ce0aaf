"""Install packages: all that were asked for, with their servers and the lockfile, or nothing."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from mog_cli import (
    install_places,
    integrity,
    journal,
    lockfile,
    obstacles,
    project_state,
    server_changes,
    unpacking,
)
from mog_cli.changing import Change
from mog_cli.errors import ConfigError, LockfileDrift, LockfileInvalid, UnexpectedAnswer
from mog_cli.install_plan import InstallOptions, Outcome, Prepared
from mog_cli.lockfile import LockedPackage, LockedServer, Lockfile
from mog_cli.obtaining import Desk
from mog_cli.package_requests import PackageRequest
from mog_cli.project import LOCKFILE
from mog_cli.release_answers import Download
from mog_cli.workplace import Workplace
from mog_package import Manifest, Package, Target


def install(
    place: Workplace, desk: Desk, requests: Sequence[PackageRequest], options: InstallOptions
) -> list[Outcome]:
    """Install packages; raises any MogError, and then nothing was changed."""
    with project_state.holding(place.project, place.user, place.console):
        found = lockfile.read(place.project.lockfile)
        return _Installation(place, desk, options, found).run(requests)


def restore(place: Workplace, desk: Desk, options: InstallOptions) -> list[Outcome]:
    """Install what the lockfile names, to the last byte; raises any MogError."""
    with project_state.holding(place.project, place.user, place.console):
        found = lockfile.read(place.project.lockfile)
        requests = [
            PackageRequest(name, package.version) for name, package in found.packages.items()
        ]
        exactly = replace(options, is_frozen=True)
        return _Installation(place, desk, exactly, found).run(requests)


def complete(place: Workplace, options: InstallOptions) -> list[Outcome] | None:
    """Return what `restore` would when there is nothing to do, else None; writes and asks nothing.

    Raises LockfileInvalid, SettingsRefused and ProjectBusy.
    """
    with project_state.looking(place.project):
        if journal.exists(place.project):
            return None
        packages = lockfile.read(place.project.lockfile).packages
        is_complete = all(
            package.registry == place.origin and _is_complete(place, options, name, package)
            for name, package in packages.items()
        )
    if not is_complete:
        return None
    return [
        Outcome(name, package, package.version, is_changed=False)
        for name, package in packages.items()
    ]


def _is_complete(
    place: Workplace, options: InstallOptions, name: str, package: LockedPackage
) -> bool:
    """Tell whether every file and every server of a package is there, and nobody asks more."""
    if options.variables or integrity.differences(place.project, package):
        return False
    config = place.mcp_config()
    return all(config.has(server) for server in place.servers(name, package))


@dataclass(frozen=True, slots=True)
class _Installation:
    """One run; we hold the project's lock."""

    place: Workplace
    desk: Desk
    options: InstallOptions
    lock: Lockfile

    def run(self, requests: Sequence[PackageRequest]) -> list[Outcome]:
        """Fetch everything, judge everything, then change everything at once."""
        with contextlib.ExitStack() as stack:
            change = Change(self.place.project)
            prepared: dict[str, Prepared] = {}
            outcomes: dict[str, Outcome] = {}
            for request in requests:
                one = self._prepare(request, change, stack)
                outcomes[request.name] = one if isinstance(one, Outcome) else one.outcome
                if isinstance(one, Prepared):
                    prepared[request.name] = one
            if prepared:
                self._change(list(prepared.values()), change, stack)
            return list(outcomes.values())

    def _prepare(
        self, request: PackageRequest, change: Change, stack: contextlib.ExitStack
    ) -> Prepared | Outcome:
        """Return a package that has come, or that there is nothing to do."""
        before = self.lock.packages.get(request.name)
        if self.options.is_frozen:
            request = self._frozen(request, before)
            if before and self._is_complete(request.name, before):
                return Outcome(request.name, before, before.version, is_changed=False)
        download = self.desk.ask(request)
        if (
            before
            and self._is_current(before, download)
            and self._is_complete(request.name, before)
        ):
            return Outcome(request.name, before, before.version, is_changed=False)
        package = stack.enter_context(self.desk.obtaining(request, download, change.work.folder))
        locked = self._locked(package, download, before)
        if self.options.is_frozen and locked != before:
            raise _drift(f"{request.name} would not be what {LOCKFILE} says")
        return Prepared(request.name, package, locked, before)

    def _frozen(self, request: PackageRequest, before: LockedPackage | None) -> PackageRequest:
        """Return a request for exactly what is locked; raises LockfileDrift and ConfigError."""
        if before is None:
            raise _drift(f"{request.name} is not in it")
        if request.version not in (None, before.version):
            raise _drift(f"{request.name} is locked at {before.version}")
        if not {*self.options.targets} <= {*before.targets}:
            raise _drift(f"{request.name} is locked for {', '.join(before.targets)}")
        if before.registry != self.place.origin:
            raise ConfigError(
                f"{request.name} comes from {before.registry}, and this mog asks"
                f" {self.place.origin}.",
                advice=f"If you trust that server, set MOG_API_URL={before.registry}",
            )
        return PackageRequest(request.name, before.version, before.sha256)

    def _is_current(self, before: LockedPackage, download: Download) -> bool:
        same = (before.version, before.sha256) == (download.version, download.sha256)
        return same and {*self.options.targets} <= {*before.targets}

    def _is_complete(self, name: str, package: LockedPackage) -> bool:
        return _is_complete(self.place, self.options, name, package)

    def _locked(
        self, package: Package, download: Download, before: LockedPackage | None
    ) -> LockedPackage:
        manifest = package.manifest
        targets = self._targets(manifest, before)
        entitlement_id = download.entitlement_id
        if self.options.is_frozen and before:
            entitlement_id = before.entitlement_id
        return LockedPackage(
            version=str(manifest.version),
            sha256=download.sha256,
            type=manifest.type,
            targets={target: manifest.install_path(target) for target in targets},
            files=dict(unpacking.digests(package)),
            registry=self.place.origin,
            entitlement_id=entitlement_id,
            server=LockedServer.of(manifest.server) if manifest.server else None,
        )

    def _targets(self, manifest: Manifest, before: LockedPackage | None) -> tuple[Target, ...]:
        """Return who gets it: those named and those that had it, else those found, else generic."""
        for target in self.options.targets:
            if target not in manifest.targets:
                self.place.console.warn(f"{manifest.name} does not say that it is for {target}.")
        wanted = {*self.options.targets, *(before.targets if before else ())}
        if not wanted:
            wanted = {*self.place.project.detected_targets()} & {*manifest.targets}
        return tuple(sorted(wanted)) or (Target.GENERIC,)

    def _change(
        self, prepared: list[Prepared], change: Change, stack: contextlib.ExitStack
    ) -> None:
        """Judge and make the change."""
        place, lock = self.place, self.lock
        for one in prepared:
            lock = lock.having(one.name, one.locked)
        for one in prepared:
            install_places.refuse_overlap(one.locked.folders, lock.owners(besides=one.name))
            obstacles.refuse_strangers(place.project, one.locked, one.before)
        if not self.options.is_agreed:
            obstacles.refuse_losses(place.project, [one.before for one in prepared if one.before])
        stack.enter_context(server_changes.settled(place, prepared, change, self.options))
        for one in prepared:
            _put_folders(one, change)
        if (text := _rendered(lock, place)) != _content(place):
            change.put_file(LOCKFILE, text)
        place.console.progress("Writing")
        change.commit(place.user, place.console)


def _put_folders(one: Prepared, change: Change) -> None:
    before = one.before.folders if one.before else ()
    for folder in one.locked.folders:
        change.put_folder(folder, partial(unpacking.unpack, one.package))
    for folder in before:
        if folder not in one.locked.folders and os.path.lexists(change.work.place(folder[:-1])):
            change.remove_folder(folder)


def _rendered(lock: Lockfile, place: Workplace) -> bytes:
    """Return the text of the lockfile; raises UnexpectedAnswer when mog could not read it again."""
    path = place.project.lockfile
    try:
        text = lockfile.render(lock)
        lockfile.parse(text, path=path)
    except (LockfileInvalid, UnicodeEncodeError) as error:
        reason = error.message if isinstance(error, LockfileInvalid) else "it is no Unicode text."
        raise UnexpectedAnswer(
            f"What {place.origin} says of the packages cannot stand in {LOCKFILE}: {reason}",
            advice="Nothing was changed. Report it to whoever runs that server.",
        ) from error
    return text


def _content(place: Workplace) -> bytes | None:
    path = place.project.lockfile
    return path.read_bytes() if path.is_file() else None


def _drift(reason: str) -> LockfileDrift:
    return LockfileDrift(
        f"{LOCKFILE} would have to change: {reason}.",
        advice="Nothing was changed. Install it without --frozen, then commit the lockfile.",
    )
