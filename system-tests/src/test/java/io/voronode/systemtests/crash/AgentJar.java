package io.voronode.systemtests.crash;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/** Files that JVMs load an agent from. */
final class AgentJar {
    private AgentJar() {}

    /** Writes the class of an agent, with those in it, into a folder; returns the file. */
    static Path write(Path folder, Class<?> agent) {
        Path jar = folder.resolve(agent.getSimpleName() + ".jar");
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(file, manifest(agent))) {
            for (String name : classes(agent)) {
                entries.putNextEntry(new JarEntry(name));
                try (InputStream bytes =
                        Objects.requireNonNull(agent.getClassLoader().getResourceAsStream(name))) {
                    bytes.transferTo(entries);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static Manifest manifest(Class<?> agent) {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", agent.getName());
        attributes.putValue("Agent-Class", agent.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        return manifest;
    }

    private static List<String> classes(Class<?> agent) {
        return Stream.concat(Stream.of(agent), Stream.of(agent.getDeclaredClasses()))
                .map(type -> type.getName().replace('.', '/') + ".class")
                .toList();
    }
}
