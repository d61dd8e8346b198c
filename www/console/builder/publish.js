// Publishing, after a look at what changes.

// Publishes the draft of the builder.
export function publishDialog(builder) {
  return builder.publish()
}
