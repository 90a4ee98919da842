/** Records as JSON lines: one object a line, each checked, bad lines told apart from good ones by their number. */
@NullMarked
package io.voronode.cli.jsonl;

import org.jspecify.annotations.NullMarked;
