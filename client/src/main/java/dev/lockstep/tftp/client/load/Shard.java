package dev.lockstep.tftp.client.load;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a load test that one of several machines runs: each {@code count}-th transfer and each {@code count}-th
 * client. All shards together run the transfers that one machine would run.
 *
 * @param index the number of the shard, 1 to {@code count}
 * @param count the number of shards, at least 1
 */
public record Shard(int index, int count) {
    /** The whole load test. */
    public static final Shard WHOLE = new Shard(1, 1);

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    /**
     * Validates the numbers.
     *
     * @throws IllegalArgumentException for invalid ones; the message contains them and what was expected
     */
    public Shard {
        if (index < 1 || index > count) {
            throw new IllegalArgumentException(index + "/" + count + " (expected: I/N, I from 1 to N)");
        }
    }

    /**
     * Parses {@code I/N}.
     *
     * @param text the text
     * @return the shard
     * @throws IllegalArgumentException for any other text; the message contains it and what was expected
     */
    public static Shard parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new IllegalArgumentException(text + " (expected: I/N, I from 1 to N)");
        }
        return new Shard(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2)));
    }

    /** Returns how many of the first {@code total} transfers or clients belong to this shard. */
    public long share(long total) {
        return total / count + (index <= total % count ? 1 : 0);
    }

    /** Returns the number in the whole load test of transfer or client {@code n} of this shard, both from 0. */
    long number(long n) {
        return n * count + index - 1;
    }

    /** Returns whether a transfer of the whole load test belongs to this shard. */
    boolean has(long number) {
        return number % count == index - 1;
    }

    @Override
    public String toString() {
        return index + "/" + count;
    }
}
