package dev.lockstep.tftp.channel;

import dev.lockstep.tftp.transfer.TftpException;
import java.util.ArrayList;
import java.util.List;

/** Writes down what the file's side of a transfer says. */
final class RecordingOwner implements TransferFile.Owner {
    final List<String> told = new ArrayList<>();

    @Override
    public void ready() {
        told.add("ready");
    }

    @Override
    public void stored() {
        told.add("stored");
    }

    @Override
    public void failed(TftpException cause) {
        told.add(cause.code() + " " + cause.getMessage());
    }
}
