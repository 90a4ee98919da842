package io.voronode.wire;

/**
 * Is told of the bytes that go over the wire in the calls that {@link Channels} are used for. Headers and what HTTP/2 adds are not
 * counted, nor what a channel within the process carries: that is never bytes.
 */
@FunctionalInterface
public interface TrafficListener {
    /** For channels that nobody measures. */
    TrafficListener NONE = (service, method) -> Bytes.UNCOUNTED;

    /**
     * What counts the bytes of a method. Asked at its first calls, by any thread, and kept.
     *
     * @param service its full name, as {@code voronode.v1.SearchService}
     * @param method its short name, as {@code Search}
     */
    Bytes of(String service, String method);

    /** Counts the bytes of all calls of one method. Called on threads of gRPC; must be quick. */
    interface Bytes {
        /** Counts nothing. */
        Bytes UNCOUNTED = new Bytes() {
            @Override
            public void sent(long bytes) {
                // Nobody asked.
            }

            @Override
            public void received(long bytes) {
                // Nobody asked.
            }
        };

        void sent(long bytes);

        void received(long bytes);
    }
}
