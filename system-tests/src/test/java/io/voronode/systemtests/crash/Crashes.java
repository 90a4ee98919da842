package io.voronode.systemtests.crash;

import io.voronode.systemtests.ServerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Makes processes die at a {@link CrashPoint}, or for lack of memory.
 *
 * @param jar the agent that kills, as JVMs load it
 * @param hog the agent that takes all memory
 * @param marker the file that a process leaves at the point
 */
public record Crashes(Path jar, Path hog, Path marker) {
    /** Writes what is needed into a folder, which must not have a space or a comma in its name. */
    public static Crashes in(Path folder) {
        return new Crashes(
                AgentJar.write(folder, CrashAgent.class),
                AgentJar.write(folder, HogAgent.class),
                folder.resolve("crashed"));
    }

    /** Lets a running process die when it next comes to the point. */
    public void strike(ServerProcess process, CrashPoint point) throws InterruptedException {
        forget();
        load(process, jar, point.arguments(marker.toString()));
    }

    /** Takes all the heap of a running process. */
    public void exhaustHeap(ServerProcess process) throws InterruptedException {
        load(process, hog, "");
    }

    private static void load(ServerProcess process, Path agent, String arguments) throws InterruptedException {
        String said = process.jcmd("JVMTI.agent_load", agent.toString(), arguments);
        if (!said.contains("return code: 0")) {
            throw new AssertionError("no agent could be loaded into " + process.name() + ": " + said);
        }
    }

    /** The option of a JVM that dies when it first comes to the point. */
    public String jvmOption(CrashPoint point) {
        forget();
        return "-javaagent:" + jar + "=" + point.arguments(marker.toString());
    }

    private void forget() {
        try {
            Files.deleteIfExists(marker);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * What a process left at the point: its pid and thread, and where it was.
     *
     * @throws AssertionError if it left nothing, or was elsewhere
     */
    public String left(CrashPoint point, long pid) {
        try {
            String text = Files.exists(marker) ? Files.readString(marker) : "nothing";
            if (!text.startsWith("pid " + pid + ",") || !text.contains(point.frame() + "(")) {
                throw new AssertionError("process " + pid + " was to die in " + point.frame() + " and left: " + text);
            }
            return text.lines().findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
