package dev.lockstep.tftp.server.rules;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.transfer.Quirks;
import java.util.Locale;

/**
 * Quirks by name: those of firmware, and single ones. What firmware does that hurts nobody (asks twice, leaves after
 * the size, never sends a last ACK) needs no profile: every client may do it.
 */
enum QuirkProfile {
    /** Leaves tsize out. */
    NO_TSIZE(Quirks.without(Options.TSIZE), "tsize is left out"),
    /** Leaves windowsize out. */
    NO_WINDOWSIZE(Quirks.without(Options.WINDOWSIZE), "windowsize is left out"),
    /** Leaves timeouts out. */
    NO_TIMEOUT(
            Quirks.without(Options.TIMEOUT).and(Quirks.without(Options.UTIMEOUT)), "timeout and utimeout are left out"),
    /** Hears of no option. */
    NO_OPTIONS(Quirks.NO_OPTIONS, "all options are ignored, as before RFC 2347"),
    /** 1 follows 65535. */
    ROLLOVER_1(Quirks.ROLLOVER_TO_1, "block 1 follows 65535"),

    /** EDK2 asks for what its network card carries, and does not put fragments together everywhere. */
    EDK2(Quirks.blksizeUpTo(1468), "blksize up to 1468"),
    /** U-Boot has room for one Ethernet frame, and knows no block 1 after 65535 (which is as it should be). */
    UBOOT(Quirks.blksizeUpTo(1468), "blksize up to 1468"),
    /** iPXE takes a tsize of 0 for the end and never acknowledges the empty block; it needs no tsize. */
    IPXE(Quirks.blksizeUpTo(1432).and(NO_TSIZE.quirks), "blksize up to 1432, tsize is left out"),
    /** GRUB has a buffer of 1024 octets a block. */
    GRUB(Quirks.blksizeUpTo(1024).and(NO_WINDOWSIZE.quirks), "blksize up to 1024, windowsize is left out"),
    /** Shim has one of 512. */
    SHIM(Quirks.blksizeUpTo(512), "blksize up to 512"),
    /** Apache commons-net knows no options. */
    COMMONS_NET(Quirks.NO_OPTIONS, "all options are ignored, as before RFC 2347"),
    /** Old IOS and many phones and cameras send options they do not understand the answer to. */
    CISCO(Quirks.NO_OPTIONS, "all options are ignored, as before RFC 2347");

    private final Quirks quirks;
    private final String meaning;

    QuirkProfile(Quirks quirks, String meaning) {
        this.quirks = quirks;
        this.meaning = meaning;
    }

    Quirks quirks() {
        return quirks;
    }

    String meaning() {
        return meaning;
    }

    /** As it is written in a file: {@code no-tsize}. */
    String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
