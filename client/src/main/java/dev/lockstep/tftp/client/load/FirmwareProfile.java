package dev.lockstep.tftp.client.load;

import static dev.lockstep.tftp.negotiation.KnownOption.BLKSIZE;
import static dev.lockstep.tftp.negotiation.KnownOption.TIMEOUT;
import static dev.lockstep.tftp.negotiation.KnownOption.TSIZE;
import static dev.lockstep.tftp.negotiation.KnownOption.WINDOWSIZE;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.codec.TransferMode;
import java.util.Locale;
import java.util.Optional;

/**
 * The options that boot firmware requests, in the order observed on the wire. All use octet mode, except where
 * noted.
 */
public enum FirmwareProfile {
    /** PXELINUX. */
    PXE(TSIZE.with(0), BLKSIZE.with(1408)),
    /** U-Boot with the default {@code tftpblocksize}. Besides {@link #CISCO} the only profile that uploads. */
    UBOOT(TIMEOUT.with(5), TSIZE.with(0), BLKSIZE.with(1468)) {
        @Override
        Options putOptions(long size) {
            return Options.of(TIMEOUT.with(5), TSIZE.with(size), BLKSIZE.with(1468));
        }
    },
    /**
     * EDK2 PXE. It first requests the size only, ends with ERROR 8, and sends the actual request from the next port 3
     * ms later.
     */
    EDK2(BLKSIZE.with(1468), WINDOWSIZE.with(4)) {
        @Override
        Optional<Options> probeOptions() {
            return Optional.of(Options.of(TSIZE.with(0), BLKSIZE.with(1468), WINDOWSIZE.with(4)));
        }
    },
    /** iPXE. */
    IPXE(BLKSIZE.with(1432), TSIZE.with(0)),
    /** GRUB. Its file names begin with a slash. */
    GRUB(BLKSIZE.with(1024), TSIZE.with(0)) {
        @Override
        String filename(String name) {
            return name.startsWith("/") ? name : "/" + name;
        }
    },
    /**
     * Raspberry Pi 2 and 3. It requests the same file two or three times, 5 to 9 ms apart and each time from the next
     * port, aborts all transfers but the last one with ERROR 0 when they begin, and reads that one to its end.
     */
    RPI(TSIZE.with(0)) {
        @Override
        int abortedRequests(long number) {
            return 1 + (int) (number % 2);
        }
    },
    /** Old network devices. They request no options, and upload configurations in netascii. */
    CISCO() {
        @Override
        TransferMode putMode() {
            return TransferMode.NETASCII;
        }
    };

    /** Milliseconds from the probe to the actual request. */
    static final long AFTER_PROBE_MILLIS = 3;
    /** Milliseconds from a request that is aborted to the next one. */
    static final long AFTER_ABORTED_MILLIS = 7;

    private final Options getOptions;

    FirmwareProfile(Options.Option... getOptions) {
        this.getOptions = Options.of(getOptions);
    }

    /**
     * Returns the profile with the given name.
     *
     * @param name the name, in any case
     * @return the profile
     * @throws IllegalArgumentException for any other name; the message contains it and what was expected
     */
    public static FirmwareProfile named(String name) {
        for (FirmwareProfile profile : values()) {
            if (profile.name().equalsIgnoreCase(name)) {
                return profile;
            }
        }
        throw new IllegalArgumentException(name + " (expected: pxe, uboot, edk2, ipxe, grub, rpi or cisco)");
    }

    /**
     * Returns whether the firmware uploads files.
     *
     * @return whether it does
     */
    public boolean uploads() {
        return this == UBOOT || this == CISCO;
    }

    /** Returns the options of a read request. */
    Options getOptions() {
        return getOptions;
    }

    /**
     * Returns the options of a write request.
     *
     * @param size the size of the file in bytes
     */
    Options putOptions(long size) {
        return Options.NONE;
    }

    /** Returns the options of the probe, the preceding request that only learns the size. Empty if there is none. */
    Optional<Options> probeOptions() {
        return Optional.empty();
    }

    /** Returns how many requests for the same file, whose transfers are aborted, precede that of a transfer. */
    int abortedRequests(long number) {
        return 0;
    }

    /** Returns the file name as the firmware sends it. */
    String filename(String name) {
        return name;
    }

    /** Returns the transfer mode of uploads. */
    TransferMode putMode() {
        return TransferMode.OCTET;
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
