package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.Quirks;
import java.util.Arrays;
import java.util.Locale;

/**
 * Quirks by name: profiles of firmware, and single quirks. Deviations of firmware that every client may have need no
 * profile: repeated requests, leaving after the size, a missing last ACK.
 */
enum QuirkProfile {
    /** Does not acknowledge tsize. */
    NO_TSIZE(Quirks.without(KnownOption.TSIZE)),
    /** Does not acknowledge windowsize. */
    NO_WINDOWSIZE(Quirks.without(KnownOption.WINDOWSIZE)),
    /** Does not acknowledge timeout and utimeout. */
    NO_TIMEOUT(Quirks.without(KnownOption.TIMEOUT, KnownOption.UTIMEOUT)),
    /** Ignores all options. */
    NO_OPTIONS(Quirks.NO_OPTIONS),
    /** Numbers the block after 65535 with 1. */
    ROLLOVER_1(Quirks.ROLLOVER_TO_1),

    /** EDK2 requests the block size that its network card carries, and does not reassemble fragments on all systems. */
    EDK2(Quirks.blksizeUpTo(1468)),
    /**
     * U-Boot has a buffer of one Ethernet frame. It does not accept block 1 after 65535, which conforms to the default.
     */
    UBOOT(Quirks.blksizeUpTo(1468)),
    /**
     * iPXE takes a tsize of 0 for the end of the file and does not acknowledge the empty block. It does not need tsize.
     */
    IPXE(Quirks.blksizeUpTo(1432).and(NO_TSIZE.quirks)),
    /** GRUB has a buffer of 1024 bytes for a block. */
    GRUB(Quirks.blksizeUpTo(1024).and(NO_WINDOWSIZE.quirks)),
    /** Shim has a buffer of 512 bytes for a block. */
    SHIM(Quirks.blksizeUpTo(512)),
    /** Apache Commons Net does not support options. */
    COMMONS_NET(Quirks.NO_OPTIONS),
    /** Old IOS versions and many phones and cameras send options, but do not understand an OACK. */
    CISCO(Quirks.NO_OPTIONS);

    private final Quirks quirks;

    QuirkProfile(Quirks quirks) {
        this.quirks = quirks;
    }

    Quirks quirks() {
        return quirks;
    }

    /** Returns the names of all profiles, separated by commas. */
    static String keys() {
        return String.join(", ", Arrays.stream(values()).map(QuirkProfile::key).toList());
    }

    /** Returns the name as in a configuration file, such as {@code no-tsize}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
