/** Data folders, assignments and znodes of nodes. */
@NullMarked
package io.voronode.shardnode.membership;

import org.jspecify.annotations.NullMarked;
