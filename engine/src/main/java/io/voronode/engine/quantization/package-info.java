/**
 * RaBitQ: vectors as short codes from which distances are estimated without bias and within a known error (Gao and Long,
 * SIGMOD 2024; extended to several bits by Gao et al., SIGMOD 2025). {@link io.voronode.engine.quantization.RabitqEncoder}
 * makes codes, {@link io.voronode.engine.quantization.RabitqQuery} is what they are compared with. Knows vectors only: no
 * files, no cells beyond a centroid.
 */
@NullMarked
package io.voronode.engine.quantization;

import org.jspecify.annotations.NullMarked;
