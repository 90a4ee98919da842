@NullMarked
package io.voronode.engine.quantization;

import org.jspecify.annotations.NullMarked;
