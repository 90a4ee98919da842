package io.voronode.shardnode.partition;

import io.voronode.proto.internal.v1.StoredDamage;
import io.voronode.wire.VoronodeException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Whether one replica works, and why not. Set by the keepers' thread and by the host; read, and told of damage, by any. */
final class ReplicaHealth {
    private final int partition;
    private final AtomicReference<VoronodeException.@Nullable Corruption> met = new AtomicReference<>();
    private volatile @Nullable String failure;
    private volatile @Nullable StoredDamage damage;
    private volatile boolean noted;

    ReplicaHealth(int partition) {
        this.partition = partition;
    }

    /** Why the division does not work; null while it does. */
    @Nullable
    String failure() {
        return failure;
    }

    void fail(@Nullable String why) {
        failure = why;
    }

    /** Damage was met in what is open; the keeper closes it. */
    void met(VoronodeException.Corruption found) {
        met.compareAndSet(null, found);
    }

    /** What was met since the last time; null: nothing. */
    VoronodeException.@Nullable Corruption takeMet() {
        return met.getAndSet(null);
    }

    /** What is damaged; null: nothing that is known. Nothing is served then. */
    @Nullable
    StoredDamage damage() {
        return damage;
    }

    /**
     * By what the damaged replica asks to be let in again; empty: it does not. Before the damage is noted it must not: after a restart nothing
     * would be known of it, and the peer would vote although others go on without it.
     */
    String rejoin() {
        StoredDamage known = damage;
        return known == null || !noted ? "" : known.getRejoin();
    }

    void damaged(StoredDamage known) {
        damage = known;
        failure = known.getDamage();
    }

    /** What is damaged is on the disk. */
    void noted() {
        noted = true;
    }

    /** The damaged files have been given up. */
    void undamaged() {
        met.set(null);
        damage = null;
        noted = false;
        failure = null;
    }

    /**
     * For reads.
     *
     * @throws VoronodeException.Corruption if this is the only copy
     * @throws VoronodeException.Unavailable if others have what is damaged here
     */
    void requireUndamaged() {
        StoredDamage known = damage;
        if (known != null) {
            throw known.getRejoin().isEmpty()
                    ? new VoronodeException.Corruption(
                            "partition " + partition + " is damaged: " + known.getDamage(), null)
                    : new VoronodeException.Unavailable("partition " + partition
                            + " is damaged on this node and waits to be filled anew: " + known.getDamage());
        }
    }

    /** For what needs the log too. */
    void requireWorking() {
        requireUndamaged();
        String why = failure;
        if (why != null) {
            throw new VoronodeException.Unavailable("partition " + partition + " does not work here: " + why);
        }
    }
}
