"""Each page has each of its states in a test by name: what is missing here is named, not forgotten.

A state is `file::test`, or a sentence that says why the page has none of it. `ANY` are the tests
over all pages at once, where every address of `tests/web/pages/test_pages.py` is tried.
"""

import ast

import pytest

from tests.contract.repository import ROOT
from web import pages

ANY = "any_page"
EVERY_ERROR = f"{ANY}::error_where_nobody_answers_a_page_stands_or_says_how_to_go_on"
EVERY_STALE = f"{ANY}::stale_what_stands_on_a_page_is_marked_with_why"
BUSY = f"{ANY}::what_comes_later_says_that_it_is_busy"
WHOLE = "no state of its own: it is whole or refused"
OURS = "nothing that anybody fetches can be old"
AT_ONCE = "it stands at once: nothing of it is waited for"

STATES: dict[str, dict[str, str]] = {
    "home": {
        "empty": "exercise::without_examples_the_start_says_how_the_pages_lead_on",
        "loading": AT_ONCE,
        "error": "pages::the_home_page_needs_no_answer",
        "stale": EVERY_STALE,
        "partial": "pages::without_any_source_no_example_is_offered",
        "ambiguous": "paste_box::a_mangled_id_is_not_offered_as_three_links",
        "wrong kind": "paste_box::what_leads_nowhere_says_what_does",
        "Spotify off": "pages::without_spotify_the_home_page_says_what_to_do",
    },
    "search": {
        "empty": "search_pages::a_search_that_finds_nothing_leads_on",
        "loading": AT_ONCE,
        "error": "search_pages::a_search_nobody_can_answer_keeps_its_words",
        "stale": EVERY_STALE,
        "partial": "search_pages::who_was_not_asked_is_said_in_one_line",
    },
    "artists": {
        "empty": "artist_pages::an_artist_without_genres_says_why",
        "loading": "artist_pages::panels_that_are_slow_have_room_kept",
        "error": EVERY_ERROR,
        "stale": "pages::a_stale_answer_is_marked",
        "partial": "artist_pages::popularity_that_is_gone_is_told_below_the_panels",
    },
    "related": {
        "empty": "artist_pages::nobody_related_leads_on",
        "loading": BUSY,
        "error": "artist_pages::a_panel_that_cannot_be_filled_stands_in_the_page_with_one_action",
        "stale": "artist_pages::a_stale_answer_of_neighbours_says_its_age",
        "partial": "artist_pages::a_source_that_is_down_leaves_the_picture_partial",
    },
    "top_tracks": {
        "empty": "artist_pages::an_artist_without_top_tracks_is_no_blank",
        "loading": BUSY,
        "error": EVERY_ERROR,
        "stale": EVERY_STALE,
        "partial": "artist_pages::top_tracks_stay_where_their_numbers_do_not_come",
    },
    "fingerprint": {
        "empty": "artist_pages::without_tracks_or_numbers_nothing_is_drawn",
        "loading": BUSY,
        "error": EVERY_ERROR,
        "stale": EVERY_STALE,
        "partial": "artist_pages::one_known_track_has_no_spread",
    },
    "tracks": {
        "empty": "track_pages::a_track_that_nobody_can_name_has_the_same_way_on",
        "loading": "track_pages::a_slow_source_keeps_no_page_waiting",
        "error": "track_pages::a_refusal_of_the_track_itself_is_its_page",
        "stale": "track_pages::a_stale_track_is_marked",
        "partial": "track_pages::what_one_source_does_not_tell_of_a_track_leaves_no_gap",
        "closed": "track_pages::a_closed_track_says_why_and_has_one_way_on",
        "estimated": "track_pages::a_strip_has_a_value_a_word_and_a_place",
        "older version": "version_pages::an_older_analysis_that_cannot_be_renewed_says_why",
    },
    "features": {
        "empty": "sound_pages::where_nobody_knows_the_sound_one_button_leads_to_the_own_file",
        "loading": "track_pages::a_file_in_work_fills_its_page_by_itself",
        "error": "track_pages::a_source_that_is_down_is_asked_again",
        "stale": EVERY_STALE,
        "partial": "track_pages::features_of_which_only_the_tempo_is_known_are_no_empty_chart",
    },
    "nearest": {
        "empty": "track_pages::nothing_near_says_why",
        "loading": BUSY,
        "error": "errors::a_refusal_leads_with_one_action_that_works_here",
        "stale": EVERY_STALE,
        "partial": "track_pages::without_other_tracks_nothing_is_ranked",
    },
    "agreement": {
        "empty": "track_pages::a_single_source_has_nothing_to_agree_with",
        "loading": BUSY,
        "error": EVERY_ERROR,
        "stale": EVERY_STALE,
        "partial": "track_pages::sources_stand_side_by_side",
    },
    "analysis": {
        "empty": "analysis_pages::empty_is_no_blank_page",
        "loading": "analysis_pages::working_leads_to_the_job",
        "error": "errors::a_panel_fails_alone",
        "stale": "analysis_pages::stale_is_said",
        "partial": "analysis_pages::partial_shows_what_there_is",
        "none": "analysis_pages::none_leads_to_the_own_file",
        "very long": "analysis_pages::very_long_is_no_larger_page",
        "silence": "analysis_pages::silence_is_said_in_place_of_findings",
        "older version": "version_pages::an_older_analysis_has_one_button",
        "own timbre basis": "analysis_pages::the_analysis_is_told_and_drawn",
    },
    "playlists": {
        "empty": "collection_pages::an_empty_list_says_how_to_fill_it",
        "loading": "playlist_pages::a_list_that_is_being_read_shows_its_entries_and_how_far_it_is",
        "error": "playlist_pages::a_playlist_that_is_no_id_stays_a_plain_refusal",
        "stale": EVERY_STALE,
        "partial": "playlist_pages::a_playlist_of_which_little_is_told_promises_nothing",
        "private or closed": "playlist_pages::a_closed_playlist_has_one_thing_to_do",
    },
    "playlist_table": {
        "empty": "playlist_pages::a_filter_that_leaves_nothing_says_so",
        "loading": "playlist_pages::numbers_that_take_long_come_later",
        "error": "playlist_pages::a_table_that_fails_is_a_panel_that_says_why",
        "stale": "playlist_pages::an_old_answer_is_marked",
        "partial": "playlist_pages::a_track_without_numbers_stays_with_its_reason_once",
    },
    "playlist_fit": {
        "empty": "playlist_pages::without_a_song_the_question_is_asked",
        "loading": BUSY,
        "error": "playlist_pages::a_song_that_cannot_be_compared_says_why",
        "stale": EVERY_STALE,
        "partial": "playlist_pages::words_that_may_mean_several_songs_are_shown_with_them",
    },
    "playlist_flow": {
        "empty": "playlist_pages::a_table_of_which_nobody_knows_anything_keeps_its_entries",
        "loading": BUSY,
        "error": EVERY_ERROR,
        "stale": EVERY_STALE,
        "partial": "playlist_pages::how_a_list_is_thinned_is_said_in_words",
    },
    "playlist_scatter": {
        "empty": "playlist_pages::a_picture_of_nonsense_is_the_usual_one",
        "loading": BUSY,
        "error": EVERY_ERROR,
        "stale": EVERY_STALE,
        "partial": "playlist_pages::a_list_of_more_than_is_drawn_says_so",
    },
    "profile": {
        "empty": "playlist_pages::a_playlist_of_unknown_songs_says_so",
        "loading": "long_profile_pages::a_panel_waits_for_its_job",
        "error": "long_profile_pages::a_list_that_could_not_be_read_says_why",
        "stale": EVERY_STALE,
        "partial": "playlist_pages::a_playlist_has_a_sound",
    },
    "compare": {
        "empty": "compare_pages::empty_it_says_what_can_be_compared",
        "loading": "compare_pages::loading_a_long_playlist_leads_to_its_job",
        "error": "compare_pages::error_a_side_that_is_not_there_is_told",
        "stale": "compare_pages::stale_numbers_are_marked",
        "partial": "compare_pages::partial_a_song_without_numbers_keeps_its_place",
        "one item": "compare_pages::one_item_asks_for_a_second",
    },
    "upload": {
        "empty": "upload_pages::a_file_is_passed_on_as_it_came",
        "loading": "upload_pages::a_job_shows_its_steps",
        "error": "upload_pages::a_file_that_cannot_be_taken_is_refused_at_its_field",
        "stale": OURS,
        "partial": WHOLE,
    },
    "jobs": {
        "empty": "upload_pages::a_job_that_waits_says_where",
        "loading": "upload_pages::a_job_shows_its_steps",
        "error": "upload_pages::a_job_that_failed_says_why_and_what_to_do",
        "stale": OURS,
        "partial": "upload_pages::an_unlisted_failure_has_words_too",
    },
    "library": {
        "empty": "upload_pages::an_empty_library_says_what_to_do",
        "loading": AT_ONCE,
        "error": EVERY_ERROR,
        "stale": EVERY_STALE,
        "partial": "own_pages::b6_an_entry_whose_file_is_gone_says_so",
        "older version": "version_pages::the_library_offers_to_hear_all_again",
        "heard again": "version_pages::a_library_that_is_heard_again_says_how_many_are_left",
    },
    "file_names": {
        "empty": "file_names::the_names_stand_there_as_they_are",
        "loading": AT_ONCE,
        "error": "file_names::another_refusal_stands_above_the_form",
        "stale": OURS,
        "partial": "file_names::what_does_not_fit_is_said_at_its_field_and_nothing_typed_is_lost",
    },
    "collecting": {
        "empty": "playlist_pages::without_lists_there_are_still_two_ways",
        "loading": AT_ONCE,
        "error": "upload_pages::a_list_that_cannot_be_taken_comes_back_as_it_was_typed",
        "stale": OURS,
        "partial": "upload_pages::a_list_of_which_something_was_not_taken_says_what",
    },
    "collections": {
        "empty": "collection_pages::an_empty_list_says_how_to_fill_it",
        "loading": AT_ONCE,
        "error": "collection_pages::what_cannot_be_saved_stays_as_it_was_typed",
        "stale": "collection_pages::a_list_that_was_changed_meanwhile_is_shown_as_it_stands",
        "partial": "collection_pages::what_was_not_read_can_be_seen_later",
    },
    "brands": {
        "empty": "brand_pages::none_five_plain_questions",
        "loading": BUSY,
        "error": "brand_pages::trouble_with_the_shelf_is_a_page",
        "stale": "brand_pages::changed_meanwhile_both_are_shown",
        "partial": "brand_pages::a_brand_without_ranges_or_tracks_says_so",
    },
    "brand_match": {
        "empty": "brand_match::empty_no_brand_leads_to_the_questions",
        "loading": "brand_match::loading_a_track_that_is_being_heard_asks_again",
        "error": "brand_match::error_says_why_and_when_to_ask_again",
        "stale": EVERY_STALE,
        "partial": "brand_match::a_brand_that_aims_at_nothing_says_so",
    },
    "worksheets": {
        "empty": "worksheet_pages::empty_without_a_worksheet_the_page_says_what_one_is_for",
        "loading": AT_ONCE,
        "error": "worksheet_pages::error_a_form_that_begins_none_keeps_what_was_said",
        "stale": OURS,
        "partial": "worksheet_pages::long_lists_are_shown_in_parts",
    },
    "worksheet": {
        "empty": "worksheet_pages::partial_paper_says_why_it_is_empty",
        "loading": AT_ONCE,
        "error": "worksheet_pages::error_what_cannot_be_saved_now_stays_as_it_was_typed",
        "stale": "worksheet_pages::stale_facts_say_of_which_day_they_are",
        "partial": "worksheet_pages::partial_what_could_not_be_frozen_says_why",
        "changed by two": "worksheet_pages::two_windows_that_answer_one_question_are_shown_both",
    },
    "identity": {
        "empty": "identity_pages::a_person_sets_right_who_an_artist_is",
        "loading": AT_ONCE,
        "error": "identity_pages::what_cannot_be_an_id_is_refused_and_stays_in_its_field",
        "stale": EVERY_STALE,
        "partial": WHOLE,
    },
    "file_versions": {
        "empty": "version_pages::a_single_version_is_not_compared",
        "loading": AT_ONCE,
        "error": "version_pages::a_version_that_is_gone_is_a_page_that_says_so",
        "stale": "version_pages::an_older_analysis_has_one_button",
        "partial": "version_pages::versions_stand_side_by_side",
    },
    "me": {
        "empty": "sign_in_pages::ones_own_music_is_a_page",
        "loading": AT_ONCE,
        "error": "sign_in_pages::a_sign_in_that_fails_is_a_page_in_plain_words",
        "stale": OURS,
        "partial": "sign_in_pages::the_end_of_the_consent_is_announced",
    },
    "sources": {
        "empty": "sources_page::nothing_set_up_says_so",
        "loading": AT_ONCE,
        "error": EVERY_ERROR,
        "stale": "sources_page::the_open_page_asks_again",
        "partial": "sources_page::a_server_that_is_not_ready_leaves_its_parts_out",
        "all down": "sources_page::all_down_says_what_works_all_the_same",
    },
    "about_data": {
        "empty": WHOLE,
        "loading": AT_ONCE,
        "error": EVERY_ERROR,
        "stale": OURS,
        "partial": "sources_page::every_number_has_an_address",
    },
    "console": {
        "empty": "console_page::empty_the_form_is_filled_with_what_answers_here",
        "loading": AT_ONCE,
        "error": "console_page::a_refusal_of_the_api_is_explained",
        "stale": "console_page::sent_the_answer_is_shown_with_its_meaning",
        "partial": "console_page::a_huge_answer_is_cut_and_leads_to_the_whole",
    },
    "developers": {
        "empty": WHOLE,
        "loading": AT_ONCE,
        "error": EVERY_ERROR,
        "stale": OURS,
        "partial": "developers_page::a_server_without_a_contact_has_no_such_file",
    },
}
COMMON = ("empty", "loading", "error", "stale", "partial")
PAGELESS = {  # what has no page of its own to have states
    "analysis_exports": "files to be taken along",
    "compare_files": "files to be taken along",
    "theme": "a choice at the foot of each page",
}


def names() -> set[str]:
    """Every test of a page, as `file::name` without what all of them begin with."""
    folder = ROOT / "tests/web"
    files = [*folder.glob("pages/test_*.py"), folder / "test_errors.py"]
    return {
        f"{path.stem.removeprefix('test_')}::{one.name.removeprefix('test_')}"
        for path in files
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.AsyncFunctionDef | ast.FunctionDef)
    }


def test_each_page_is_in_the_list():
    """A new one has to say in which tests its states are."""
    served = {family.__name__.rpartition(".")[2] for family in pages.FAMILIES}
    assert served - set(STATES) - set(PAGELESS) == set()
    assert set(STATES) - served == set()


@pytest.mark.parametrize("page", STATES)
def test_each_state_of_a_page_is_in_a_test_by_name(page):
    """Or a sentence says why it has none."""
    assert [state for state in COMMON if state not in STATES[page]] == []
    known = names()
    named = {state: test for state, test in STATES[page].items() if "::" in test}
    assert {state: test for state, test in named.items() if test not in known} == {}
