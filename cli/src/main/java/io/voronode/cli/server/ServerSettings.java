package io.voronode.cli.server;

import io.voronode.cli.CliException;
import io.voronode.cli.DurationConverter;
import io.voronode.cli.EnvironmentDefaults;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Where the options of a server get their values from: the command line wins over the environment ({@code --some-name} is
 * VORONODE_SOME_NAME), which wins over the YAML file that {@code --config} names, which wins over the defaults. Made for one run of
 * the command line, before it is parsed, because picocli asks for defaults first.
 */
public final class ServerSettings implements IDefaultValueProvider {
    static final String CONFIG = "--config";

    private static final String HIDDEN = "(hidden)";
    private static final Pattern SECRET = Pattern.compile("password|secret|token|credential");

    private final Map<String, String> environment;
    private final @Nullable Path path;
    private @Nullable SettingsFile file;

    private ServerSettings(Map<String, String> environment, @Nullable Path path) {
        this.environment = environment;
        this.path = path;
    }

    /** For these arguments of the command line; nothing is read yet. */
    public static ServerSettings of(Map<String, String> environment, String... args) {
        return new ServerSettings(environment, path(environment, args));
    }

    private static @Nullable Path path(Map<String, String> environment, String... args) {
        String named = environment.get(EnvironmentDefaults.variable(CONFIG));
        for (int i = 0; i < args.length; i++) {
            if (args[i].startsWith(CONFIG + "=")) {
                named = args[i].substring(CONFIG.length() + 1);
            } else if (args[i].equals(CONFIG) && i + 1 < args.length) {
                named = args[i + 1];
            }
        }
        return named == null || named.isEmpty() ? null : Path.of(named);
    }

    @Override
    public @Nullable String defaultValue(ArgSpec argument) {
        if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
            return null;
        }
        String fromEnvironment = new EnvironmentDefaults(environment).defaultValue(option);
        return fromEnvironment != null
                ? fromEnvironment
                : file(option.command()).values().get(key(option));
    }

    private SettingsFile file(CommandSpec command) {
        SettingsFile known = file;
        if (known == null) {
            known = read(command);
            file = known;
        }
        return known;
    }

    private SettingsFile read(CommandSpec command) {
        if (path == null) {
            return SettingsFile.NONE;
        }
        try {
            SettingsFile read = SettingsFile.read(path);
            read.requireKnown(keys(command));
            return read;
        } catch (CliException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static SortedSet<String> keys(CommandSpec command) {
        SortedSet<String> keys = new TreeSet<>();
        settings(command).forEach(option -> keys.add(key(option)));
        return keys;
    }

    /** The options that are settings: those that a file may hold. */
    private static List<OptionSpec> settings(CommandSpec command) {
        return command.options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.inherited())
                .filter(option -> !option.longestName().equals(CONFIG))
                .toList();
    }

    /** One line a setting: its name, its value and where that comes from. Values of secrets are not shown. */
    List<String> describe(ParseResult parsed) {
        List<String> lines = new ArrayList<>();
        CommandSpec command = parsed.commandSpec();
        for (OptionSpec option : settings(command)) {
            Object value = option.getValue();
            if (value != null) {
                String shown = SECRET.matcher(key(option)).find() ? HIDDEN : shown(value);
                lines.add(key(option) + " = " + shown + " (" + source(parsed, option) + ")");
            }
        }
        lines.sort(null);
        return lines;
    }

    private static String shown(Object value) {
        return switch (value) {
            case Duration time -> DurationConverter.text(time);
            case List<?> list ->
                String.join(",", list.stream().map(String::valueOf).toList());
            default -> String.valueOf(value);
        };
    }

    private String source(ParseResult parsed, OptionSpec option) {
        if (parsed.hasMatchedOption(option)) {
            return "command line";
        }
        if (environment.containsKey(EnvironmentDefaults.variable(option.longestName()))) {
            return "environment";
        }
        SettingsFile read = file(parsed.commandSpec());
        return read.values().containsKey(key(option)) ? read.source() : "default";
    }

    private static String key(OptionSpec option) {
        return option.longestName().replaceFirst("^-+", "");
    }

    /** The settings that a command line was given. */
    static ServerSettings of(CommandLine commandLine) {
        return (ServerSettings) commandLine.getDefaultValueProvider();
    }
}
