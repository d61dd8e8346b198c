//! [`FormDefinition`]: a form as parsed from its stored JSON.

use super::check::{check_form, parse_fields, parse_origins, parse_policies, parse_redirect};
use super::fault::DefinitionFault;
use super::field::Field;
use super::key::FormKey;
use super::link::{self, TextPart};
use super::spam_policy::parse_spam;
use super::stored::{Status, StoredForm, Ticket, UnknownFields, VisitorAddress};
use super::theme::Theme;
use super::trap::parse_trap;
use crate::embed::AllowedOrigin;
use crate::envelope::Dialect;
use crate::hash::{hex, sha256};
use crate::json::Object;
use crate::limit::RateLimitPolicy;
use crate::spam::SpamPolicy;
use crate::texts::{self, Language, Wanted};

/// A form whose definition is valid.
#[derive(Clone, Debug)]
pub struct FormDefinition {
    /// The key it is published under.
    pub key: FormKey,
    /// Counts up with every publication, from 1.
    pub version: u32,
    /// The oldest version that submissions are still checked against; earlier ones are withdrawn.
    pub oldest_version: u32,
    /// Whether it accepts submissions; for a draft the response is that there is no such form.
    pub is_published: bool,
    /// A BCP 47 language tag; `None` where the page or the browser decides.
    pub locale: Option<String>,
    /// The heading of the form.
    pub title: Option<String>,
    /// A paragraph below the heading.
    pub description: Option<String>,
    /// The parts of the description, if it has a link.
    pub description_parts: Vec<TextPart>,
    /// The text of the submit button: the definition's, else in the language of its locale.
    pub submit_label: Option<String>,
    /// Which pages may embed it.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// Whether the embed check refuses; otherwise it only logs what it would refuse.
    pub enforces_origins: bool,
    /// Whether a submission needs a ticket.
    pub requires_ticket: bool,
    /// How often it may be submitted; the policies of the definition, then those of networks.
    pub rate_limits: Vec<RateLimitPolicy>,
    /// The fields, in order.
    pub fields: Vec<Field>,
    /// How it looks; `None` for the default look.
    pub theme: Option<Theme>,
    /// The name of a hidden input that only robots fill; never counted as unknown.
    pub honeypot: Option<String>,
    /// How submissions are judged.
    pub spam: SpamPolicy,
    /// Whether values without a field are kept or refused.
    pub unknown_fields: UnknownFields,
    /// How a lead contains the visitor's IP address.
    pub visitor_address: VisitorAddress,
    /// The text shown to the visitor after an accepted submission, from where `submit_label` is; the address of a link follows
    /// its words.
    pub success_message: Option<String>,
    /// Whether the inbox keeps a copy of what the core gets.
    pub keep_copy: bool,
    /// How long the database keeps leads: days; `None` for ever.
    pub retention_days: Option<u32>,
    /// The parts of that text, if it has a link.
    pub success_parts: Vec<TextPart>,
    /// The page the visitor is sent to after an accepted submission: `https`, or `http` on localhost.
    pub redirect: Option<String>,
    /// The dialect of responses; `None` for that of the settings.
    pub dialect: Option<Dialect>,
    /// The definition that the widget receives, as JSON.
    pub public_json: String,
    /// The entity tag of `public_json`, quoted: RFC 9110 section 8.8.3.
    pub etag: String,
}

impl FormDefinition {
    /// Reads a stored definition.
    ///
    /// # Errors
    /// All faults, each with its path.
    pub fn parse(json: &str) -> Result<Self, Vec<DefinitionFault>> {
        let mut unread = Vec::new();
        let stored = StoredForm::parse(json, &mut unread).map_err(|fault| vec![fault])?;
        let mut faults = Vec::new();
        let key = FormKey::parse(&stored.key);
        if key.is_err() {
            let reason = if stored.key.is_empty() {
                "is missing"
            } else {
                "takes only A-Z a-z 0-9 _ -, at most 64"
            };
            faults.push(DefinitionFault::new("key", reason));
        }
        let allowed_origins = parse_origins(&stored.allowed_origins, &mut faults);
        let rate_limits = match &stored.rate_limits {
            Some(policies) => parse_policies(policies, &mut faults),
            None => RateLimitPolicy::defaults(),
        };
        let rate_limits = RateLimitPolicy::with_networks(rate_limits);
        let fields = parse_fields(&stored.fields, &mut faults);
        check_form(&stored, &mut faults);
        let trap = stored.honeypot.as_ref();
        let honeypot = parse_trap(trap, &stored.key, &stored.fields, &mut faults);
        let spam = parse_spam(stored.spam.as_ref(), stored.min_fill_ms, &mut faults);
        let redirect = parse_redirect(&stored, &mut faults);
        // A definition without a version gets one when it is published, and is checked again then.
        if let (Some(own), Some(oldest)) = (stored.version, stored.oldest_version)
            && own < oldest
        {
            faults.push(DefinitionFault::new(OLDEST_VERSION, IS_ABOVE_OWN_VERSION));
        }
        let dialect = stored.dialect.as_deref().and_then(|name| {
            let dialect = Dialect::parse(name);
            if dialect.is_none() {
                faults.push(DefinitionFault::new(
                    "dialect",
                    "is not a dialect spoken here",
                ));
            }
            dialect
        });
        // Of a part that could not be read, only that fault is reported.
        faults.retain(|fault| !unread.iter().any(|unread| fault.is_within(&unread.path)));
        faults.splice(0..0, unread);
        let Ok(key) = key else { return Err(faults) };
        if !faults.is_empty() {
            return Err(faults);
        }
        let success_parts = link::parts_of(stored.on_success.message.as_deref());
        let success_message = stored.on_success.message.as_deref();
        let success_message = success_message.map(|message| link::plain(message, &success_parts));
        let language = stored.locale.as_deref().and_then(Language::of);
        let or_usual = |own: Option<String>, usual| {
            own.filter(|text| !text.is_empty())
                .or_else(|| Some(language?.text(usual).to_owned()))
        };
        let success_message = or_usual(success_message, texts::THANKS);
        let submit_label = or_usual(stored.submit_label.clone(), texts::SUBMIT);
        let public_json = public_json(
            &stored,
            submit_label.as_deref(),
            honeypot.as_deref(),
            success_message.as_deref(),
            &success_parts,
        );
        Ok(Self {
            key,
            version: stored.version.unwrap_or(FIRST_VERSION),
            oldest_version: stored.oldest_version.unwrap_or(FIRST_VERSION),
            is_published: stored.status == Status::Published,
            locale: stored.locale,
            title: stored.title,
            description_parts: link::parts_of(stored.description.as_deref()),
            description: stored.description,
            submit_label,
            allowed_origins,
            enforces_origins: stored.enforce_origins != Some(false),
            requires_ticket: stored.ticket == Some(Ticket::Required),
            rate_limits,
            fields,
            theme: stored.theme,
            honeypot,
            spam,
            unknown_fields: stored.unknown_fields,
            visitor_address: stored.visitor_address,
            keep_copy: stored.keep_copy,
            retention_days: stored.retention_days,
            success_message,
            success_parts,
            redirect,
            dialect,
            etag: etag(&public_json),
            public_json,
        })
    }

    /// What decides about the language of a response: the form, else the `Accept-Language` of the request.
    pub fn wanted<'a>(&'a self, by_browser: Option<&'a str>) -> Wanted<'a> {
        Wanted {
            by_form: self.locale.as_deref(),
            by_browser,
        }
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        let mut fields = self.fields.iter().filter(|field| field.has_value());
        fields.find(|field| field.name() == name)
    }

    /// The field a core means by a name: the field with this `core_name`, else the field of this name, ignoring case
    /// and the objects the core nests it in.
    pub fn field_of_core(&self, name: &str) -> Option<&Field> {
        let is_called_so = |field: &&Field| {
            let called = field.attributes.core_name.as_deref();
            let before = called.and_then(|called| name.strip_suffix(called));
            before.is_some_and(|before| before.is_empty() || before.ends_with(['.', '/']))
        };
        // `fields.topics.0`, `lead[email]`: the last step that is not an index.
        let is_step = |step: &&str| step.bytes().any(|byte| !byte.is_ascii_digit());
        let mut steps = name.rsplit(['.', '/', '[', ']']);
        let last = steps.find(is_step).unwrap_or(name);
        self.fields
            .iter()
            .find(is_called_so)
            .or_else(|| self.field(name))
            .or_else(|| {
                let is_like = |field: &&Field| field.name().eq_ignore_ascii_case(last);
                let is_ours = name.split(['.', '/']).any(|step| OUTSIDE.contains(&step));
                let found = self.fields.iter().find(is_like);
                found.filter(|field| field.has_value() && !is_ours)
            })
    }
}

/// Members of a lead beside `fields`: an error of a core about one of them is not about a field of the same name.
const OUTSIDE: [&str; 6] = [
    "extras",
    "provenance",
    "warnings",
    "spam",
    "spam_score",
    "spam_verdict",
];

/// The public part of a definition: without limits, origins, core names, and what the honeypot is for.
fn public_json(
    stored: &StoredForm,
    submit_label: Option<&str>,
    honeypot: Option<&str>,
    success_message: Option<&str>,
    success_parts: &[TextPart],
) -> String {
    let mut json = String::new();
    Object::write(&mut json, |object| {
        object.text("key", &stored.key);
        let version = stored.version.unwrap_or(FIRST_VERSION);
        object.number("version", version.into());
        object.optional("locale", stored.locale.as_deref());
        object.optional("title", stored.title.as_deref());
        object.optional("description", stored.description.as_deref());
        let parts = link::parts_of(stored.description.as_deref());
        object.array("description_parts", &parts, TextPart::write);
        object.optional("submit_label", submit_label);
        object.array("fields", &stored.fields, |text, field| {
            Object::write(text, |object| field.write(object));
        });
        object.optional_object("theme", stored.theme.as_ref(), |object, theme| {
            theme.write(object);
        });
        object.texts("aux_inputs", honeypot);
        object.object("on_success", |object| {
            object.optional("message", success_message);
            object.array("message_parts", success_parts, TextPart::write);
        });
        if stored.ticket == Some(Ticket::Required) {
            object.text("ticket", "required");
        }
    });
    json
}

fn etag(text: &str) -> String {
    let hash = hex(&sha256(text.as_bytes()));
    format!("\"{}\"", hash.get(..16).unwrap_or_default())
}

pub(super) const OLDEST_VERSION: &str = "oldest_version";
pub(super) const IS_ABOVE_OWN_VERSION: &str = "is above the definition's own version";
/// The version of a definition that has none.
const FIRST_VERSION: u32 = 1;

#[cfg(test)]
#[path = "definition_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "fault_tests.rs"]
mod fault_tests;
