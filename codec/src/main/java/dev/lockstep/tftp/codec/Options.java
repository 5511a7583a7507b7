package dev.lockstep.tftp.codec;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The options of a request or an OACK (RFC 2347): immutable, in the order of the wire, unknown ones included.
 * Names match in any case and keep the case the peer wrote, so that an echo looks as the peer expects it.
 */
public final class Options implements Iterable<Options.Option> {
    /** No options at all. */
    public static final Options NONE = new Options(List.of());

    /** Octets of file in a DATA (RFC 2348). */
    public static final String BLKSIZE = "blksize";
    /** The same, a power of two only (tftp-hpa, FreeBSD). */
    public static final String BLKSIZE2 = "blksize2";
    /** Seconds until a resend (RFC 2349). */
    public static final String TIMEOUT = "timeout";
    /** Microseconds until a resend (tftp-hpa). */
    public static final String UTIMEOUT = "utimeout";
    /** Size of the file in octets (RFC 2349). */
    public static final String TSIZE = "tsize";
    /** DATA sent for one ACK (RFC 7440). */
    public static final String WINDOWSIZE = "windowsize";
    /** Block number that follows 65535: 0 or 1 (tftp-hpa fork, atftp). */
    public static final String ROLLOVER = "rollover";

    /** One option as it stands on the wire. */
    public record Option(String name, String value) {
        /** The name in lower case. Only ASCII has cases here: a dotless i must not make an option of ours. */
        public String key() {
            return lowerCase(name);
        }
    }

    private final List<Option> list;

    private Options(List<Option> list) {
        this.list = list;
    }

    /**
     * These options and one more at the end. An option that is here already stays as it is: each may be given
     * only once (RFC 2347), so the first one counts.
     */
    public Options with(String name, String value) {
        if (find(name) != null) {
            return this;
        }
        List<Option> longer = new ArrayList<>(list.size() + 1);
        longer.addAll(list);
        longer.add(new Option(name, value));
        return new Options(List.copyOf(longer));
    }

    /** As {@link #with(String, String)}, in decimal digits. */
    public Options with(String name, long value) {
        return with(name, Long.toString(value));
    }

    /** The value of that option, as the peer wrote it. */
    public Optional<String> value(String name) {
        Option option = find(name);
        return option == null ? Optional.empty() : Optional.of(option.value);
    }

    /** The value of that option; empty if it is missing, out of the range, or anything but plain digits. */
    public OptionalLong number(String name, long min, long max) {
        Option option = find(name);
        return option == null ? OptionalLong.empty() : number(option, min, max);
    }

    /** As {@link #number(String, long, long)}, of one option. */
    public static OptionalLong number(Option option, long min, long max) {
        String digits = option.value;
        long number = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(i) - '0';
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
                return OptionalLong.empty();
            }
            number = number * 10 + digit;
        }
        return digits.isEmpty() || number < min || number > max ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** Whether that option is here, whatever its value. */
    public boolean has(String name) {
        return find(name) != null;
    }

    /** Whether there is no option at all. */
    public boolean isEmpty() {
        return list.isEmpty();
    }

    @Override
    public Iterator<Option> iterator() {
        return list.iterator();
    }

    private Option find(String name) {
        for (int i = 0; i < list.size(); i++) {
            if (sameName(list.get(i).name, name)) {
                return list.get(i);
            }
        }
        return null;
    }

    /** Without a copy in lower case: a transfer asks this some thirty times. */
    private static boolean sameName(String one, String other) {
        if (one.length() != other.length()) {
            return false;
        }
        for (int i = 0; i < one.length(); i++) {
            if (lowerCase(one.charAt(i)) != lowerCase(other.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static String lowerCase(String name) {
        StringBuilder key = null;
        for (int i = 0; i < name.length(); i++) {
            char letter = name.charAt(i);
            if (lowerCase(letter) != letter) {
                key = key == null ? new StringBuilder(name) : key;
                key.setCharAt(i, lowerCase(letter));
            }
        }
        return key == null ? name : key.toString();
    }

    private static char lowerCase(char letter) {
        return letter >= 'A' && letter <= 'Z' ? (char) (letter + ('a' - 'A')) : letter;
    }

    /** Equal if the same options with the same values come in the same order; the case of names does not count. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Options options) || options.list.size() != list.size()) {
            return false;
        }
        for (int i = 0; i < list.size(); i++) {
            Option mine = list.get(i);
            Option theirs = options.list.get(i);
            if (!mine.key().equals(theirs.key()) || !mine.value.equals(theirs.value)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public int hashCode() {
        int hash = 1;
        for (Option option : list) {
            hash = 31 * hash + option.key().hashCode() + option.value.hashCode();
        }
        return hash;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Option option : list) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(option.name)
                    .append('=')
                    .append(option.value);
        }
        return text.toString();
    }
}
