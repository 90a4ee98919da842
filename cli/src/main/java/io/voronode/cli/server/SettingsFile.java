package io.voronode.cli.server;

import io.voronode.cli.CliException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The settings of a server in YAML: a mapping of option names, without their dashes, to plain values.
 *
 * <pre>
 * name: node-1
 * zookeeper: [zk-1:2181, zk-2:2181, zk-3:2181]
 * data: /var/lib/voronode
 * zone: a
 * </pre>
 *
 * @param source how messages name it
 * @param values by option name; a list is joined by commas
 */
record SettingsFile(String source, Map<String, String> values) {
    private static final long MAX_BYTES = 1 << 20;

    /** No file. */
    static final SettingsFile NONE = new SettingsFile("", Map.of());

    SettingsFile {
        values = Map.copyOf(values);
    }

    /**
     * Reads a file.
     *
     * @throws CliException a sentence that says why it cannot be used
     */
    static SettingsFile read(Path path) {
        try {
            if (Files.size(path) > MAX_BYTES) {
                throw new CliException("settings file " + path + " has more than " + MAX_BYTES + " bytes");
            }
            return parse(path.toString(), Files.readString(path));
        } catch (NoSuchFileException e) {
            throw new CliException("there is no settings file " + path, e);
        } catch (IOException e) {
            throw new CliException("cannot read settings file " + path + ": " + e.getMessage(), e);
        }
    }

    static SettingsFile parse(String source, String yaml) {
        Map<String, String> values = new TreeMap<>();
        mapping(source, load(source, yaml))
                .forEach((key, value) -> values.put(String.valueOf(key), text(source, String.valueOf(key), value)));
        return new SettingsFile(source, values);
    }

    private static @Nullable Object load(String source, String yaml) {
        try {
            LoadSettings settings = LoadSettings.builder()
                    .setLabel(source)
                    .setAllowDuplicateKeys(false)
                    .build();
            return new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw new CliException("settings file " + source + " is not YAML: " + e.getMessage(), e);
        }
    }

    private static Map<?, ?> mapping(String source, @Nullable Object root) {
        return switch (root) {
            case null -> Map.of();
            case Map<?, ?> map -> map;
            default ->
                throw new CliException("settings file " + source + " does not hold a mapping of names to values");
        };
    }

    private static String text(String source, String key, @Nullable Object value) {
        return switch (value) {
            case String text -> text;
            case Number number -> number.toString();
            case Boolean bool -> bool.toString();
            case List<?> list ->
                String.join(
                        ",", list.stream().map(item -> text(source, key, item)).toList());
            case null, default ->
                throw new CliException("key \"" + key + "\" in settings file " + source + " has no plain value");
        };
    }

    /**
     * Refuses keys that no option has.
     *
     * @throws CliException naming the first of them, and those that there are
     */
    void requireKnown(SortedSet<String> options) {
        values.keySet().stream()
                .filter(key -> !options.contains(key))
                .sorted()
                .findFirst()
                .ifPresent(key -> {
                    throw new CliException("unknown key \"" + key + "\" in settings file " + source + "; known are "
                            + String.join(", ", options));
                });
    }
}
