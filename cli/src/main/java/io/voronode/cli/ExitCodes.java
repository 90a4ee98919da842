package io.voronode.cli;

/** What the process says to the shell when it ends. */
public final class ExitCodes {
    public static final int OK = 0;
    /** It failed, or a part of it. */
    public static final int FAILURE = 1;
    /** The command line is wrong. */
    public static final int USAGE = 2;
    /** The server cannot be reached, is not ready, or is overloaded. */
    public static final int UNAVAILABLE = 3;

    private ExitCodes() {}
}
