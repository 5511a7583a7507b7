package dev.lockstep.tftp.client.internal.connect;

import dev.lockstep.tftp.codec.Options;
import dev.lockstep.tftp.io.Source;
import dev.lockstep.tftp.negotiation.KnownOption;
import dev.lockstep.tftp.negotiation.TransferSettings;

/**
 * The options that a client requests, where its caller does not give other ones. The constructor validates them.
 *
 * @param blksize block size to request, in bytes; 512 is not requested
 * @param windowsize window size to request, in blocks; 1 is not requested
 * @param timeoutSeconds timeout to request, in seconds; 0 is not requested
 * @param options whether any option is requested
 * @param size whether the tsize option is requested where the transfer allows it
 */
public record OptionPreferences(int blksize, int windowsize, int timeoutSeconds, boolean options, boolean size) {
    public OptionPreferences {
        require("blksize", blksize, TransferSettings.MIN_BLKSIZE, TransferSettings.MAX_BLKSIZE);
        require("windowsize", windowsize, 1, TransferSettings.MAX_WINDOWSIZE);
        require("timeout", timeoutSeconds, 0, (int) KnownOption.TIMEOUT.max());
    }

    private static void require(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(what + ": " + value + " (expected: " + min + " to " + max + ")");
        }
    }

    /**
     * Returns the options to request.
     *
     * @param mostBlksize upper limit of the block size, in bytes
     */
    Options asked(ClientOperation operation, int mostBlksize) {
        if (!options) {
            return Options.NONE;
        }
        Options asked = Options.NONE;
        int block = Math.min(blksize, mostBlksize);
        if (block != TransferSettings.PLAIN.blksize()) {
            asked = asked.with(KnownOption.BLKSIZE.with(block));
        }
        if (windowsize > 1) {
            asked = asked.with(KnownOption.WINDOWSIZE.with(windowsize));
        }
        if (timeoutSeconds > 0) {
            asked = asked.with(KnownOption.TIMEOUT.with(timeoutSeconds));
        }
        long tsize = size ? operation.tsize() : Source.UNKNOWN_SIZE;
        return tsize == Source.UNKNOWN_SIZE ? asked : asked.with(KnownOption.TSIZE.with(tsize));
    }
}
