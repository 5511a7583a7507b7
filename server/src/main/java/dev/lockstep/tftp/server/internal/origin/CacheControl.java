package dev.lockstep.tftp.server.internal.origin;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The directives of a {@code Cache-Control} field (RFC 9111, 5.2.2). Unknown and malformed ones are ignored. */
record CacheControl(Map<String, String> directives) {
    private static final Pattern DIRECTIVE =
            Pattern.compile("([\\w!#$%&'*+.^`|~-]+)(?:\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s,\"]*)))?");

    /** Parses the values of all fields of a response, joined by commas. */
    static CacheControl parse(String value) {
        Map<String, String> directives = new HashMap<>();
        Matcher each = DIRECTIVE.matcher(value);
        while (each.find()) {
            String argument = each.group(2) != null ? each.group(2) : each.group(3);
            directives.putIfAbsent(each.group(1).toLowerCase(Locale.ROOT), argument == null ? "" : argument);
        }
        return new CacheControl(directives);
    }

    boolean has(String directive) {
        return directives.containsKey(directive);
    }

    /** Returns the argument of a directive, at most 2^31 seconds (RFC 9111, 1.2.2), or empty if it has none. */
    Optional<Duration> seconds(String directive) {
        return Optional.ofNullable(directives.get(directive)).flatMap(CacheControl::delta);
    }

    /** Parses a number of seconds. */
    static Optional<Duration> delta(String text) {
        if (!text.matches("\\d+")) {
            return Optional.empty();
        }
        boolean large = text.length() > 10;
        return Optional.of(Duration.ofSeconds(large ? 1L << 31 : Math.min(1L << 31, Long.parseLong(text))));
    }
}
