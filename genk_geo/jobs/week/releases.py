"""All releases of one run: each in a folder of its own, all of them or none."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from genk_geo.errors import AlreadyToldError
from genk_geo.jobs.week.blocks import build_blocks
from genk_geo.jobs.week.made.moments import weeks_shown
from genk_geo.jobs.week.made.published import PublishedRelease
from genk_geo.jobs.week.manifest import build_manifest
from genk_geo.jobs.week.publication import (
    check_neighbours,
    check_ours,
    kept_maps,
    linked_weeks,
    published_weeks,
    read_manifest,
    renew_checksums,
    staged_together,
    told_under,
    write_manifest,
)
from genk_geo.release import Level, checked_release
from genk_geo.render import is_made_again, publish, say_made_again, told_in
from genk_geo.render.files.pdf import write_pdfs
from genk_geo.render.words.texts import Texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from genk_geo.calendar import Week
    from genk_geo.config import Settings
    from genk_geo.jobs.ground import Ground
    from genk_geo.jobs.week.made.staging import Saving
    from genk_geo.jobs.week.manifest import Inputs
    from genk_geo.reference.backdrop import Backdrop
    from genk_geo.results import WeekResult

#: The coarsest comes last: what the others tell is then on record.
_FINEST_FIRST = tuple(Level)


def blocks_for(settings: Settings, ground: Ground) -> gpd.GeoDataFrame | None:
    """Blocks for all releases that show areas: the same, or two maps together would say more than one."""
    wanted = [one.min_addresses for one in settings.resolved_releases if Level.seen_by(one) is Level.AREAS]
    return build_blocks(ground, max(wanted)) if wanted else None


def publish_all(
    settings: Settings,
    results: Mapping[Week, WeekResult],
    week: Week,
    inputs: Inputs,
    *,
    beside: Mapping[str, list[str]] | None = None,
    as_it_was: bool = False,
    saving: Saving | None = None,
    backdrop: Backdrop | None = None,
) -> list[PublishedRelease]:
    """Publish every release of the settings, in their order.

    Parameters
    ----------
    settings : Settings
        Settings, with the folder of all weeks in `out`.
    results : mapping of Week to WeekResult
        What was found in the week, and in those that delayed releases show.
    week : Week
        Week of the run.
    inputs : Inputs
        What came in, for the manifests of analysts.
    beside : mapping of str to list of str, optional
        Folder of a release -> weeks that its pages link to; those that stand there when absent.
    as_it_was : bool
        The week is made of what was known when it was published: then it says no more than it said.
    saving : Saving, optional
        Saves the history with what it notes of the week, before anything is put in place.
    backdrop : Backdrop, optional
        What lies under the maps.

    Returns
    -------
    list of PublishedRelease
        Where they stand.

    Raises
    ------
    ConfigError
        If a folder cannot be written, or holds weeks of another kind of release.
    QualityGateError
        If a count that is held back follows from what is published; nothing is published.

    Notes
    -----
    A page that others than analysts have, and that would be another one now, stays as it was published. Be it
    or not, pages that are made again say that they were.
    """
    shown, folders = weeks_shown(settings, week), settings.release_folders
    chosen = sorted(settings.resolved_releases, key=lambda one: _FINEST_FIRST.index(Level.seen_by(one)))
    for one in chosen:
        check_neighbours(folders[one.folder], one.profile)
        check_ours(folders[one.folder] / str(shown[one.folder]))
    told = told_under(settings.out)
    checked, done = {}, {}
    for one in chosen:
        target = folders[one.folder] / str(shown[one.folder])
        try:
            checked[target] = one, checked_release(results[shown[one.folder]], reader=one, told=told)
        except AlreadyToldError:
            if not told_in(target):
                raise
            done[one.folder] = PublishedRelease(one, target, read_manifest(target), kept=True)
            continue
        if not Level.seen_by(one).shows_points:
            told = [checked[target][1].record, *told]
    again = [target for target, (one, _) in checked.items() if not Level.seen_by(one).shows_points]
    again = [target for target in again if told_in(target)]
    stays = [one for one in done.values() if not is_made_again(one.folder)]
    targets = [*checked, *(one.folder for one in stays)]
    readers = [*(one for one, _ in checked.values()), *(one.release for one in stays)]
    readable = [bool(one.readable) for one in readers]
    with staged_together(targets, readable=readable, root=settings.out, saving=saving) as besides:
        for kept, folder in zip(stays, besides[len(checked) :], strict=True):
            shutil.copytree(kept.folder, folder, dirs_exist_ok=True)
            say_made_again(folder)
            renew_checksums(folder)
        for (target, (one, page)), folder in zip(checked.items(), besides, strict=False):
            # A page that stays as it was has no links to later weeks: neither has one that is made again, or
            # these would say that nothing was corrected.
            there = published_weeks(target.parent) if beside is None else beside[one.folder]
            there = linked_weeks(target) if target in again else there
            others = [other for other in there if other != target.name]
            publish(
                page, folder, texts=Texts.of(settings, one.lang), tiles=settings.tiles,
                contact=settings.contact, other_weeks=others, backdrop=backdrop,
                kept=kept_maps(target.parent, others),
            )  # fmt: skip
            if target in again and (not as_it_was or is_made_again(target)):
                say_made_again(folder)
            manifest = build_manifest(settings, one, results[shown[one.folder]], inputs)
            write_manifest(folder, manifest)
            if one.pdf:
                # After the manifest, which is the same for the same input: a browser dates what it prints.
                write_pdfs(path for path in sorted(folder.glob("*.html")) if path.name[:5] != "zone-")
            done[one.folder] = PublishedRelease(one, target, manifest)
    return [done[one.folder] for one in settings.resolved_releases]
