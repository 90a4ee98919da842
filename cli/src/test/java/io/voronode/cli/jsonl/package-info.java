/** Tests of the reader of JSON lines. */
@NullMarked
package io.voronode.cli.jsonl;

import org.jspecify.annotations.NullMarked;
