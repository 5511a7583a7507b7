package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.internal.impairment.LinkImpairment;
import dev.lockstep.tftp.io.Source;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The load to generate.
 *
 * @param targets the files to transfer
 * @param schedule when transfers start
 * @param putSize size in bytes of each upload, or {@link Source#UNKNOWN_SIZE} for downloads
 * @param profile the profile whose options are requested; empty to use those of the client
 * @param verify the expected content of each file; empty to learn it from the transfers
 * @param impairment the network impairment
 */
public record LoadPlan(
        List<Target> targets,
        LoadSchedule schedule,
        long putSize,
        Optional<FirmwareProfile> profile,
        Optional<ExpectedContent> verify,
        LinkImpairment impairment) {
    /**
     * Validates the combination of settings.
     *
     * @throws IllegalArgumentException for an invalid one; the message contains its value and what was expected
     */
    public LoadPlan {
        targets = List.copyOf(targets);
        Objects.requireNonNull(schedule, "schedule");
        Objects.requireNonNull(impairment, "impairment");
        if (targets.isEmpty()) {
            throw new IllegalArgumentException("no file (expected: at least one)");
        }
        if (verify.isPresent() && (targets.size() > 1 || putSize >= 0)) {
            throw new IllegalArgumentException("--verify (expected: with one file that is read)");
        }
        if (putSize >= 0 && profile.isPresent() && !profile.get().uploads()) {
            throw new IllegalArgumentException(
                    "--profile: " + profile.get() + " never uploads (expected: uboot or cisco)");
        }
    }

    /**
     * Returns whether files are uploaded.
     *
     * @return true for uploads, false for downloads
     */
    public boolean isPut() {
        return putSize >= 0;
    }

    /** Returns the plan of the whole load test, of which this one may be a shard. */
    public LoadPlan whole() {
        return new LoadPlan(targets, schedule.whole(), putSize, profile, verify, impairment);
    }

    /** Returns the sum of the weights of all targets. */
    int totalWeight() {
        return targets.stream().mapToInt(Target::weight).sum();
    }
}
