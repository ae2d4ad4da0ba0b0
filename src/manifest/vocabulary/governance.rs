//! Maintenance, accountability, waivers and evidence.

use crate::manifest::describe::vocabulary;
use crate::manifest::field::{Bool, Date, Duration, Number, Share, Text};

vocabulary! {
    /// Who keeps the system current, and how.
    record Maintenance {
        /// The person or team responsible. `none` states that nobody is.
        fact owner: Text;
        /// Time from one update of models and software to the next, an ISO 8601 duration. `none` states that they are
        /// not updated.
        fact updates: Duration;
        /// Whether somebody follows the security notices for models and software.
        fact security_watch: Bool;
        /// Whether it is worked out how to leave the vendor.
        fact exit_plan: Bool;
        /// Whether an earlier state of the system can be brought back.
        fact rollback: Bool;
        /// What building the system cost, in `budget.currency`; the base of `annual_rate`.
        fact build_cost: Number;
        /// Yearly maintenance as a share of `build_cost`, from 0 to 1.
        fact annual_rate: Share;
    }

    /// Accountability, impact assessment, emergency plans and documentation.
    record Governance {
        /// The person accountable for the system (NIST AI RMF GOVERN 2.1). `none` states that nobody is.
        fact owner: Text;
        /// The data protection impact assessment (GDPR Art. 35). `none` states that there is none.
        fact dpia: Dpia;
        /// Whether it is written down how to switch the system off. `none` states that it is not.
        fact stop_switch: Documented;
        /// Whether it is written down what to do after an incident. `none` states that it is not.
        fact incident_plan: Documented;
        /// Technical documentation of a general-purpose model (EU AI Act Art. 53(1)(a), Annex XI). `none` states that
        /// there is none.
        fact technical_documentation: Done;
        /// Policy to comply with copyright law (EU AI Act Art. 53(1)(c)). `none` states that there is none.
        fact copyright_policy: Done;
        /// Public summary of the training content (EU AI Act Art. 53(1)(d)). `none` states that there is none.
        fact training_summary: Done;
        /// Where the risks are recorded: an id or a link. `none` states that they are not recorded.
        fact risk_register: Text;
    }

    /// A data protection impact assessment (GDPR Art. 35).
    record Dpia {
        /// How far it has come. `none` states that it was not begun.
        fact status: DpiaStatus;
        /// The day on which it was completed.
        fact date: Date;
    }

    /// A finding that somebody accepted for a time.
    record Waiver {
        /// Code or name of the rule.
        fact rule: Text;
        /// Id of the subject that the waiver is limited to. Left out, it extends to all subjects of the rule.
        fact scope: Text;
        /// Why the finding is accepted. Left out, no reason is given.
        claim reason: Text;
        /// Who accepted it. Left out, nobody answers for it.
        claim owner: Text;
        /// The last day on which it holds.
        fact expires: Date;
    }

    /// A file that backs up what the manifest states.
    bare record EvidenceFile {
        /// Its path, relative to the manifest. Controls point into it with `FILE#POINTER`.
        claim file: Text;
        /// What kind of file it is, e.g. `kubernetes`. Left out, it is recognised by its name and contents.
        claim kind: Text;
    }

    /// How far an impact assessment has come.
    plain enum DpiaStatus {
        Done = "done",
        Planned = "planned",
        /// It was examined and found not to be necessary.
        NotRequired = "not_required",
    }

    /// Something written down.
    plain enum Documented {
        Documented = "documented",
    }

    /// Something completed.
    plain enum Done {
        Done = "done",
    }
}
