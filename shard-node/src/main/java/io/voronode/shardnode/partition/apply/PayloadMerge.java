package io.voronode.shardnode.partition.apply;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Applies a JSON merge patch (RFC 7386) to a payload, on the texts of both: a member that the patch does not name stays byte for byte as it
 * was written, and one that it brings is copied from it, so numbers keep all their digits. Members keep their order, new ones come last.
 *
 * <p>It reads JSON itself, because every replica must make the same text, whatever the version of its libraries. Coordinators have checked both
 * texts: of what is not JSON it finds only so much as it needs to end. Pure.
 */
final class PayloadMerge {
    /** As deep as a payload may be. */
    private static final int MAX_LEVELS = 32;

    /** What stands for another character than itself behind a backslash. */
    private static final Map<Character, Character> ESCAPES =
            Map.of('b', '\b', 'f', '\f', 'n', '\n', 'r', '\r', 't', '\t');

    private PayloadMerge() {}

    /** A text is not what a payload or a patch may be. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /** A member of an object: its name and its value, both as written. */
    private record Member(String name, String value) {}

    /**
     * The payload after the patch.
     *
     * @param payload a JSON object; empty stands for {}
     * @param patch a JSON object
     */
    static String merge(String payload, String patch) throws MalformedException {
        return merge(payload.isEmpty() ? "{}" : payload, patch, 1);
    }

    private static String merge(String target, String patch, int level) throws MalformedException {
        if (level > MAX_LEVELS) {
            throw new MalformedException("nested deeper than " + MAX_LEVELS + " levels");
        }
        Map<String, Member> members = members(target);
        for (Map.Entry<String, Member> entry : members(patch).entrySet()) {
            Member change = entry.getValue();
            Member before = members.get(entry.getKey());
            String name = before == null ? change.name() : before.name();
            if (change.value().equals("null")) {
                members.remove(entry.getKey());
            } else if (isObject(change.value())) {
                String inner = before != null && isObject(before.value()) ? before.value() : "{}";
                members.put(entry.getKey(), new Member(name, merge(inner, change.value(), level + 1)));
            } else {
                members.put(entry.getKey(), new Member(name, change.value()));
            }
        }
        return members.values().stream()
                .map(member -> member.name() + ":" + member.value())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static boolean isObject(String value) {
        return value.startsWith("{");
    }

    /** By name without escapes, in the order of the text. */
    private static Map<String, Member> members(String object) throws MalformedException {
        Reader reader = new Reader(object);
        Map<String, Member> members = new LinkedHashMap<>();
        reader.expect('{');
        if (!reader.at('}')) {
            do {
                String name = reader.value();
                reader.expect(':');
                members.put(unescaped(name), new Member(name, reader.value()));
            } while (reader.at(','));
            reader.expect('}');
        }
        reader.expectEnd();
        return members;
    }

    private static String unescaped(String quoted) throws MalformedException {
        if (quoted.length() < 2 || quoted.charAt(0) != '"') {
            throw new MalformedException("a name is not a string");
        }
        StringBuilder name = new StringBuilder(quoted.length());
        for (int i = 1; i < quoted.length() - 1; i++) {
            char c = quoted.charAt(i);
            if (c != '\\') {
                name.append(c);
            } else if (quoted.charAt(i + 1) == 'u') {
                name.append(codeUnit(quoted, i + 2));
                i += 5;
            } else {
                name.append(ESCAPES.getOrDefault(quoted.charAt(i + 1), quoted.charAt(i + 1)));
                i++;
            }
        }
        return name.toString();
    }

    private static char codeUnit(String quoted, int from) throws MalformedException {
        try {
            return (char) Integer.parseInt(quoted, from, from + 4, 16);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new MalformedException("a name has a broken escape");
        }
    }

    /** Walks through one text. */
    private static final class Reader {
        private final String text;
        private int at;

        Reader(String text) {
            this.text = text;
        }

        /** Passes over the character where it comes next. */
        boolean at(char wanted) {
            skipSpace();
            boolean there = at < text.length() && text.charAt(at) == wanted;
            at += there ? 1 : 0;
            return there;
        }

        void expect(char wanted) throws MalformedException {
            if (!at(wanted)) {
                throw new MalformedException("no '" + wanted + "' at character " + at);
            }
        }

        void expectEnd() throws MalformedException {
            skipSpace();
            if (at < text.length()) {
                throw new MalformedException("goes on behind its object at character " + at);
            }
        }

        /** The text of the next value, whatever it is. */
        String value() throws MalformedException {
            skipSpace();
            int from = at;
            int level = 0;
            do {
                if (at == text.length()) {
                    throw new MalformedException("ends inside a value");
                }
                char c = text.charAt(at);
                if (c == '"') {
                    skipString();
                } else if (c == '{' || c == '[') {
                    level++;
                    at++;
                } else if (c == '}' || c == ']') {
                    level--;
                    at++;
                } else if (level > 0) {
                    at++;
                } else {
                    skipWord();
                }
            } while (level > 0);
            if (at == from || level < 0) {
                throw new MalformedException("no value at character " + from);
            }
            return text.substring(from, at);
        }

        private void skipString() throws MalformedException {
            at++;
            while (at < text.length() && text.charAt(at) != '"') {
                at += text.charAt(at) == '\\' ? 2 : 1;
            }
            if (at >= text.length()) {
                throw new MalformedException("ends inside a string");
            }
            at++;
        }

        /** A number, true, false or null. */
        private void skipWord() {
            while (at < text.length() && ",:{}[]\" \t\r\n".indexOf(text.charAt(at)) < 0) {
                at++;
            }
        }

        private void skipSpace() {
            while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
