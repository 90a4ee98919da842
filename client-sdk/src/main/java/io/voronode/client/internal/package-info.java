/**
 * Behind the client: calls with retry and fail-over, batches, the upsert stream, session tokens, and the translation between
 * the client's values and the generated messages. Nothing here is for users; it may change in any release.
 */
@NullMarked
package io.voronode.client.internal;

import org.jspecify.annotations.NullMarked;
