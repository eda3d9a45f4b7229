const functions = { solve: (numbers) => numbers.reduce((a, b) => a + b, 0) };
require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, function: name, args } = JSON.parse(line);
  let answer;
  try {
    answer = { id, result: functions[name](...args) };
  } catch (error) {
    answer = { id, error: { type: error.name, message: error.message } };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
