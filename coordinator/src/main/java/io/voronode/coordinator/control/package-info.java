/**
 * Changes of the cluster's shape. Any coordinator writes what a user wants into the tree ({@link
 * io.voronode.coordinator.control.CollectionAdmin}); the one that leads, the controller, makes it true: a level-triggered loop of small
 * idempotent steps ({@link io.voronode.coordinator.control.Controller} names them in order), each derived from the tree and from what the
 * nodes say, so that the next controller simply continues. {@link io.voronode.coordinator.control.ControlPlane} wires it all.
 */
@NullMarked
package io.voronode.coordinator.control;

import org.jspecify.annotations.NullMarked;
