/**
 * Distance kernels: one interface, a scalar twin and a SIMD implementation on jdk.incubator.vector. The only package
 * that imports that module.
 */
@NullMarked
package io.voronode.engine.simd;

import org.jspecify.annotations.NullMarked;
