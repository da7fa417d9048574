"""Which form each act has."""

from collections.abc import Mapping

from habeas.terms import Deed
from habeas.web.desk import (
    apart_forms,
    case_forms,
    custody_forms,
    duty_form,
    inquiry_forms,
    report_forms,
)
from habeas.web.desk.deed_form import DeedForm
from habeas.web.desk.evidence_form import EvidenceForm

FORMS: Mapping[Deed, type[DeedForm]] = {
    Deed.OPEN: case_forms.OpenForm,
    Deed.PROPOSE: case_forms.ProposeForm,
    Deed.RECORD_EVIDENCE: EvidenceForm,
    Deed.SCREEN: case_forms.ScreenForm,
    Deed.NOTIFY: case_forms.NotifyForm,
    Deed.VERIFY_CONSENT: case_forms.ConsentForm,
    Deed.WITHDRAW_CONSENT: case_forms.WithdrawConsentForm,
    Deed.OBJECT: case_forms.ObjectForm,
    Deed.ANSWER_OBJECTION: case_forms.AnswerForm,
    Deed.GIVE_OPINION: case_forms.OpinionForm,
    Deed.ORDER_STAY: case_forms.OrderStayForm,
    Deed.LIFT_STAY: case_forms.LiftStayForm,
    Deed.AUTHORISE: case_forms.AuthoriseForm,
    Deed.ACCEPT: case_forms.AcceptForm,
    Deed.REFUSE: case_forms.ReasonForm,
    Deed.SCHEDULE: custody_forms.ScheduleForm,
    Deed.WITHDRAW: case_forms.ReasonForm,
    Deed.DEPART: custody_forms.DepartForm,
    Deed.HAND_OVER: custody_forms.HandOverForm,
    Deed.REFUSE_RECEPTION: case_forms.ReasonForm,
    Deed.PLACE: custody_forms.CellForm,
    Deed.MOVE: custody_forms.CellForm,
    Deed.START_ABSENCE: custody_forms.StartAbsenceForm,
    Deed.END_ABSENCE: custody_forms.HereForm,
    Deed.COUNT: custody_forms.CountForm,
    Deed.RECORD_ESCAPE: custody_forms.CircumstancesForm,
    Deed.RECORD_RECAPTURE: custody_forms.CircumstancesForm,
    Deed.RELEASE: custody_forms.ReleaseForm,
    Deed.RECORD_DEATH: custody_forms.DeathForm,
    Deed.RECORD_SENTENCE: custody_forms.SentenceForm,
    Deed.CHANGE_SENTENCE: custody_forms.ChangeSentenceForm,
    Deed.ANSWER_DUTY: duty_form.DutyForm,
    **report_forms.FORMS,
    **inquiry_forms.FORMS,
    **apart_forms.FORMS,
}
