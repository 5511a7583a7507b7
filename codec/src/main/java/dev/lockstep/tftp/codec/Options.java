package dev.lockstep.tftp.codec;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The options of a request or an OACK (RFC 2347), including unknown ones. Immutable; the order is that on the wire.
 * Names are matched without regard to case and keep the peer's case, so that an acknowledged option looks as the peer
 * expects.
 */
public final class Options implements Iterable<Options.Option> {
    /** No options. */
    public static final Options NONE = new Options(List.of());

    /**
     * An option as it is on the wire.
     *
     * @param name the name as its sender wrote it
     * @param value the value as its sender wrote it
     */
    public record Option(String name, String value) {
        /**
         * {@return the name in lower case} Only ASCII letters are converted, so that a dotless i does not match a known
         * option.
         */
        public String key() {
            return lowerCase(name);
        }
    }

    private final List<Option> list;

    private Options(List<Option> list) {
        this.list = list;
    }

    /**
     * {@return these options in this order} Of two options with the same name the first one counts.
     *
     * @param options any options, also several of one name
     */
    public static Options of(Option... options) {
        Options all = NONE;
        for (Option option : options) {
            all = all.with(option);
        }
        return all;
    }

    /**
     * {@return these options with one more at the end} An option that is present already is not changed: each may be
     * given only once (RFC 2347), so the first one counts.
     *
     * @param option the option to add
     */
    public Options with(Option option) {
        if (find(option.name) != null) {
            return this;
        }
        List<Option> longer = new ArrayList<>(list.size() + 1);
        longer.addAll(list);
        longer.add(option);
        return new Options(List.copyOf(longer));
    }

    /**
     * {@return these options with one more at the end; see {@link #with(Option)}}
     *
     * @param name the name of the option
     * @param value its value
     */
    public Options with(String name, String value) {
        return with(new Option(name, value));
    }

    /**
     * {@return these options with one more at the end, in decimal digits; see {@link #with(Option)}}
     *
     * @param name the name of the option
     * @param value its value
     */
    public Options with(String name, long value) {
        return with(name, Long.toString(value));
    }

    /**
     * {@return the value of an option as the peer wrote it, or empty if the option is not present}
     *
     * @param name the name of the option, in any case
     */
    public Optional<String> value(String name) {
        Option option = find(name);
        return option == null ? Optional.empty() : Optional.of(option.value);
    }

    /**
     * Returns the numeric value of an option.
     *
     * @param name the name of the option, in any case
     * @param min the smallest valid value
     * @param max the largest valid value
     * @return empty if the option is not present, out of range, or contains anything but decimal digits
     */
    public OptionalLong number(String name, long min, long max) {
        Option option = find(name);
        return option == null ? OptionalLong.empty() : number(option, min, max);
    }

    /**
     * {@return the numeric value of one option; see {@link #number(String, long, long)}}
     *
     * @param option an option
     * @param min the smallest valid value
     * @param max the largest valid value
     */
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

    /**
     * {@return whether an option is present, whatever its value}
     *
     * @param name the name of the option, in any case
     */
    public boolean has(String name) {
        return find(name) != null;
    }

    /** {@return whether there are no options} */
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

    /** Compares two names without a copy in lower case, because each transfer compares about thirty names. */
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

    /**
     * Returns whether the other object has the same options with the same values in the same order. The case of names
     * is ignored.
     */
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
