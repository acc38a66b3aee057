from .common import CLEARED
from .cycle_common import CycleCommon

REVIEWER = f"citizen_crm.group_quality_reviewer,{CLEARED}"


class QualityCommon(CycleCommon):
    """Finished cases of the roads department are drawn: ten of each, ten of them twice.

    Uma, Vic and Wes review; they work elsewhere. ``self.sample`` is the draw.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uma, cls.vic, cls.wes = cls._create_users(
            {f"quality_{name}": REVIEWER for name in ("uma", "vic", "wes")}
        ).values()
        cls.case.write(
            {
                "name": "Hole at Ada's house",
                "description": "<p>Ann said so on the phone, I am Ada Fox.</p>",
                "partner_id": cls.ada.id,
            }
        )
        cls.case.message_post(
            body="The hole is closed. Yours, Ann.",
            author_id=cls.users["e"].partner_id.id,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        cls.env["citizen.case.fact"].flush_model()
        # The letter was written before the cases ended.
        cls.case.message_ids.write({"date": "2025-08-01 09:00:00"})
        cls.sample = cls.cycle._draw_reviews("a seed")
        cls.reviews = cls.sample.review_ids
        cls.env.flush_all()

    @classmethod
    def _of(cls, name, place=1):
        """Return the reviews of somebody's cases, as superuser."""
        return cls.reviews.filtered(
            lambda one: one.place == place and one.fact_id.handler_id == cls.staff[name]
        )

    @classmethod
    def _find(cls, reviews, missed=(), away=()):
        """Hand reviews in; met but for criteria by their place in the rubric."""
        for review in reviews:
            for place, score in enumerate(review.score_ids):
                found = "not_met" if place in missed else "met"
                found = "not_applicable" if place in away else found
                comment = "Not said" if found == "not_met" else False
                score.write({"verdict": found, "comment": comment})
        reviews.write({"state": "done", "submitted_at": "2026-03-04 08:00:00"})

    @classmethod
    def _find_all(cls):
        """Ann's cases meet half of the criteria, the others' nearly all."""
        cls._find(cls.reviews, missed=(7,))
        cls._find(cls._of("Ann") | cls._of("Ann", 2), missed=(0, 2, 4, 7))
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _mine(self, review):
        """Return a review as its reviewer has it."""
        return review.with_user(review.reviewer_id)

    def _say(self, review, verdict="met", comment=""):
        """Score all criteria alike, by the form."""
        mine = self._mine(review)
        mine.scoring = [
            {**row, "verdict": verdict, "comment": comment} for row in mine.scoring
        ]
        return mine
