//! A test submission of a draft, which an editor sends from the console: no page embeds the form yet.

use std::rc::Rc;

use super::Intake;
use super::quota::Quota;
use crate::embed::Origin;
use crate::envelope::Receipt;
use crate::form::FormDefinition;
use crate::platform::Platform;
use crate::problem::{EmbedReason, Problem};
use crate::spam::Mode;
use crate::submission::{self, MAX_BODY_BYTES, MediaType, RawValue, TEST_NAME};

impl<P: Platform> Intake<'_, P> {
    /// Takes a submission as a visitor's, in JSON, and marks it as a test. It is not counted, needs no ticket and is not judged:
    /// the caller is known.
    ///
    /// # Errors
    /// As for a visitor, when the values are wrong or cannot be stored.
    pub(crate) async fn try_out(
        &mut self,
        mut form: FormDefinition,
        body: &[u8],
    ) -> Result<Receipt, Problem> {
        if body.len() > MAX_BODY_BYTES {
            let limit_bytes = MAX_BODY_BYTES;
            return Err(Problem::BodyTooLarge { limit_bytes });
        }
        form.requires_ticket = false;
        form.spam.mode = Mode::Off;
        let form = Rc::new(form);
        let decoded = submission::decode(body, &MediaType::Json).and_then(|mut values| {
            values.push(TEST_NAME, RawValue::Text("1".to_owned()))?;
            Ok(values)
        });
        let values = decoded.map_err(|violation| Problem::ValidationFailed(vec![violation]));
        let own = Origin::parse(&self.request.own_origin);
        let origin = own.map_err(|_| EmbedReason::OriginMissing);
        let mut quota = Quota::of(self.request, self.platform, &form);
        let taken = self.submit(&form, origin, values, &mut quota).await;
        taken.map_err(|refused| refused.problem)
    }
}
