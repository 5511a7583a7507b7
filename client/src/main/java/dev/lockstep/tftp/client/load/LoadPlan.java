package dev.lockstep.tftp.client.load;

import dev.lockstep.tftp.transfer.Source;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A load to be made.
 *
 * @param putSize octets of each upload, or {@link Source#UNKNOWN_SIZE} for downloads
 * @param profile whose options are asked; empty: those of the client
 * @param verify what every file must hold; empty: that is learnt from the transfers themselves
 */
public record LoadPlan(
        List<Target> targets,
        LoadSchedule schedule,
        long putSize,
        Optional<FirmwareProfile> profile,
        Optional<ExpectedContent> verify,
        LinkImpairment faults) {
    /** Refuses what does not fit together, with the value and what was expected. */
    public LoadPlan {
        targets = List.copyOf(targets);
        Objects.requireNonNull(schedule, "pace");
        Objects.requireNonNull(faults, "faults");
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

    /** Whether files are uploaded. */
    public boolean isPut() {
        return putSize >= 0;
    }

    /** Of all targets. */
    int totalWeight() {
        return targets.stream().mapToInt(Target::weight).sum();
    }
}
