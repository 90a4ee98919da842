package io.voronode.client.internal;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The addresses of a client and the one in use. Any thread may use it. */
final class Endpoints {
    private final List<String> addresses;
    private final AtomicInteger moves = new AtomicInteger();

    Endpoints(List<String> addresses) {
        this.addresses = addresses;
    }

    String current() {
        return addresses.get(Math.floorMod(moves.get(), addresses.size()));
    }

    /** Moves on to the next address, unless another call has moved on from the failed one before. */
    void failed(String address) {
        int seen = moves.get();
        if (addresses.get(Math.floorMod(seen, addresses.size())).equals(address)) {
            moves.compareAndSet(seen, seen + 1);
        }
    }

    int count() {
        return addresses.size();
    }
}
