package io.voronode.client;

/** What a read may miss. */
public enum Consistency {
    /** {@link #SESSION}; {@link #EVENTUAL} where the client does not carry sessions. */
    DEFAULT,
    /** Any replica answers. */
    EVENTUAL,
    /** Sees all that this client wrote and read in the collection. */
    SESSION,
    /** Sees every write acknowledged before the call, whoever wrote. */
    STRONG
}
