package dev.lockstep.tftp.client.cli;

import dev.lockstep.tftp.client.RemoteFile;
import dev.lockstep.tftp.client.internal.file.LocalFile;
import dev.lockstep.tftp.codec.TftpException;
import dev.lockstep.tftp.codec.TransferMode;
import dev.lockstep.tftp.io.Sink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code tftp get}: reads files from servers. */
@Command(
        name = "get",
        aliases = "pull",
        description = "Reads files from servers.",
        customSynopsis = {
            "tftp get [OPTIONS] tftp://HOST[:PORT]/PATH... [-o FILE|DIR|-]",
            "tftp get [OPTIONS] FILE [HOST [PORT]] [-o FILE|DIR|-]"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  tftp get tftp://192.0.2.1/pxelinux.0",
            "  tftp get tftp://192.0.2.1/a -o b",
            "  tftp get tftp://192.0.2.1/motd -o -",
            "  tftp get pxelinux.0 192.0.2.1 6969",
            "  tftp get -o /srv/boot/ \\",
            "      tftp://192.0.2.1/vmlinuz \\",
            "      tftp://192.0.2.1/initrd.img"
        })
final class GetCommand extends TransferCommand {
    @Parameters(
            arity = "1..*",
            paramLabel = "REMOTE",
            description = "URIs, or a file name followed by HOST (default 127.0.0.1) and PORT (default "
                    + RemoteFile.TFTP_PORT + ").")
    private List<String> remotes;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE|DIR|-",
            description = "Target; - is standard output (default: the last part of the remote name, in the working"
                    + " directory).")
    private String output;

    @Option(names = "--create-dirs", description = "Create the missing directories of the target.")
    private boolean createDirectories;

    @Override
    List<Batch.Job> jobs(TransferMode mode, String sha256) {
        List<RemoteFile> files = RemoteArguments.toGet(remotes, mode);
        if (output != null && output.isEmpty()) { // such as an empty variable of a script
            throw new IllegalArgumentException("-o: empty (expected: FILE, DIR or -)");
        }
        if (files.size() > 1 && output != null && !isDirectory()) {
            throw new IllegalArgumentException("-o: " + output + " (expected: a directory for several files)");
        }
        List<Batch.Job> jobs = new ArrayList<>();
        Set<Path> targets = new HashSet<>();
        for (RemoteFile file : files) {
            String target = targetOf(file);
            if (!targets.add(real(target))) {
                throw new IllegalArgumentException(file + ": " + target
                        + " is the target of another file too (expected: one file for each target)");
            }
            jobs.add(new Batch.Job(
                    "get", target, file, (client, request) -> client.getAsync(request, sink(target, sha256))));
        }
        return jobs;
    }

    private Sink sink(String target, String sha256) throws TftpException {
        if (createDirectories && !target.equals(STANDARD_STREAM)) {
            LocalFile.createDirectories(Path.of(target));
        }
        Sink sink = target.equals(STANDARD_STREAM) ? LocalFile.standardOutput() : LocalFile.sink(Path.of(target));
        return Hashing.checked(sink, sha256);
    }

    private static Path real(String target) {
        try {
            return LocalFile.real(Path.of(target));
        } catch (IOException e) {
            return Path.of(target); // only the transfer of this file will fail
        }
    }

    @Override
    boolean usesStandardOutput() {
        return STANDARD_STREAM.equals(output);
    }

    private boolean isDirectory() {
        return output.endsWith("/") || Files.isDirectory(Path.of(output));
    }

    private String targetOf(RemoteFile file) {
        if (output != null && !isDirectory()) {
            return output;
        }
        String name = file.lastElement();
        if (name.isEmpty() || name.equals(".") || name.equals("..")) {
            throw new IllegalArgumentException(file + ": no name for a local file (expected: -o FILE)");
        }
        return output == null ? name : Path.of(output).resolve(name).toString();
    }
}
