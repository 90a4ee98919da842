/**
 * The write path: validate, embed, stamp with the cell of every live generation, group by partition, send to the leaders, and where
 * asked wait until searches see it. {@link io.voronode.coordinator.write.RecordWriter} tells it step by step.
 */
@NullMarked
package io.voronode.coordinator.write;

import org.jspecify.annotations.NullMarked;
