package dev.lockstep.tftp.client.load.cli;

import dev.lockstep.tftp.client.cli.TftpCommand;
import dev.lockstep.tftp.client.load.report.LoadJsonReader;
import dev.lockstep.tftp.client.load.report.LoadMerge;
import dev.lockstep.tftp.client.load.report.LoadReport;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tftp load merge}: merges the results of several machines. */
@Command(
        name = "merge",
        mixinStandardHelpOptions = true,
        versionProvider = TftpCommand.Version.class,
        sortOptions = false,
        description = {
            "Merges the results of several machines to one.",
            "Percentiles are those of all transfers, and rates are those from the first start on any machine to the last"
                    + " end, so the clocks of the machines should agree. Conditions of the files are not used."
        },
        customSynopsis = "tftp load merge [OPTIONS] FILE...",
        footerHeading = "%nExamples:%n",
        footer = {"  tftp load merge --html load.html \\", "      shard-1.json shard-2.json"},
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:all transfers of all shards complete and correct",
            "1:a transfer failed, was not started, a shard is missing, or a condition of --fail-if holds",
            "2:wrong usage, or files that do not belong together"
        })
final class MergeCommand implements Callable<Integer> {
    /** Bytes after which a file is not the result of a load test. */
    private static final int MAX_SIZE = 32 << 20;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description =
                    "Result of one shard, as written by --json; lines before the result are skipped, as in the log"
                            + " of a container.")
    private List<Path> files;

    @Mixin
    private ReportOptions reports;

    @Override
    public Integer call() {
        LoadReport merged;
        try {
            reports.validate();
            Map<Path, LoadReport> all = new LinkedHashMap<>();
            for (Path file : files) {
                if (all.put(file, read(file)) != null) {
                    throw new IllegalArgumentException(file + ": given twice (expected: one file for each shard)");
                }
            }
            merged = LoadMerge.of(reports.title(), ReportOptions.command(spec), all, reports.conditions());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return reports.print(merged) ? 0 : 1;
    }

    private static LoadReport read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] text = in.readNBytes(MAX_SIZE + 1);
            if (text.length > MAX_SIZE) {
                throw new IllegalArgumentException("more than " + MAX_SIZE + " bytes");
            }
            return LoadJsonReader.read(new String(text, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(file + " (expected: a file that can be read)", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    file + ": " + e.getMessage() + " (expected: written by --json of this version)", e);
        }
    }
}
