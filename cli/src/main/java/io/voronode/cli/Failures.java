package io.voronode.cli;

import io.voronode.wire.VoronodeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Says in a sentence why a command failed; the stack trace only for those who ask for it. */
final class Failures implements IExecutionExceptionHandler {
    private final VoronodeCommand root;

    Failures(VoronodeCommand root) {
        this.root = root;
    }

    @Override
    public int handleExecutionException(Exception error, CommandLine command, ParseResult arguments) {
        PrintWriter err = command.getErr();
        err.println("voronode: " + sentence(error));
        if (root.verbose()) {
            error.printStackTrace(err);
        }
        err.flush();
        return exitCode(error);
    }

    private static int exitCode(Exception error) {
        return error instanceof VoronodeException known && known.retryable()
                ? ExitCodes.UNAVAILABLE
                : ExitCodes.FAILURE;
    }

    static String sentence(Throwable error) {
        return switch (error) {
            case CliException mine -> String.valueOf(mine.getMessage());
            case VoronodeException.Bug bug ->
                "an error inside Voronode: " + bug.getMessage() + " (--verbose shows more)";
            case VoronodeException known -> String.valueOf(known.getMessage());
            case NoSuchFileException missing -> "there is no file " + missing.getFile();
            case AccessDeniedException denied -> "no permission for " + denied.getFile();
            case FileSystemException file -> file.getFile() + ": " + file.getReason();
            case UncheckedIOException wrapped
            when wrapped.getCause() != null ->
                wrapped.getMessage() + ": " + wrapped.getCause().getMessage();
            case IOException io -> String.valueOf(io.getMessage());
            default -> "an error inside Voronode: " + error + " (--verbose shows more)";
        };
    }
}
